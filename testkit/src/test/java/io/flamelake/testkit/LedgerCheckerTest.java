/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerCheckerTest {

  private static final ProfileType CPU = ProfileType.parse("process_cpu:cpu:nanoseconds::");
  private static final ProfileType WALL = ProfileType.parse("wall:wall:nanoseconds::");
  private static final TenantId A = new TenantId("a");
  private static final TenantId B = new TenantId("b");
  private static final UUID FIRST = new UUID(0, 1);
  private static final UUID SECOND = new UUID(0, 2);
  private static final UUID UNACKNOWLEDGED = new UUID(0, 3);

  private final List<StoredProfile> stored = new ArrayList<>();
  private LedgerContents ledger = new LedgerContents(Map.of(), Set.of());

  @BeforeEach
  void storeWhatWasAcknowledged() {
    Map<UUID, LedgerEntry> entries = new LinkedHashMap<>();
    entries.put(FIRST, new LedgerEntry(FIRST, A, "svc", Map.of(CPU, 10L, WALL, 20L)));
    entries.put(SECOND, new LedgerEntry(SECOND, B, "svc", Map.of(CPU, 5L)));
    entries.put(
        UNACKNOWLEDGED, new LedgerEntry(UNACKNOWLEDGED, A, "svc", Map.of(CPU, 3L, WALL, 4L)));
    ledger = new LedgerContents(entries, Set.of(FIRST, SECOND));
    stored.add(new StoredProfile(A, FIRST, CPU, 10));
    stored.add(new StoredProfile(A, FIRST, WALL, 20));
    stored.add(new StoredProfile(B, SECOND, CPU, 5));
  }

  @Test
  void acceptsWhatWasAcknowledged() {
    LedgerReport report = check();
    assertThat(report.isClean()).isTrue();
    assertThat(report)
        .hasToString("L=0 D=0 X=0 S=exact acknowledged=2 unacknowledged=1 stored=2 unknown=0");
  }

  @Test
  void acceptsAnUnacknowledgedProfileOnce() {
    stored.add(new StoredProfile(A, UNACKNOWLEDGED, CPU, 3));
    stored.add(new StoredProfile(A, UNACKNOWLEDGED, WALL, 4));
    assertThat(check().isClean()).isTrue();
    assertThat(check().stored()).isEqualTo(3);

    stored.add(new StoredProfile(A, UNACKNOWLEDGED, WALL, 4));
    assertThat(check().duplicated()).containsExactly(UNACKNOWLEDGED);
    assertThat(check().wrongSums()).containsExactly("a wall:wall:nanoseconds::: 28 (expected: 24)");
  }

  @Test
  void findsATornProfileByItsSum() {
    stored.add(new StoredProfile(A, UNACKNOWLEDGED, CPU, 3));
    assertThat(check().lost()).isEmpty();
    assertThat(check().wrongSums()).containsExactly("a wall:wall:nanoseconds::: 20 (expected: 24)");
  }

  @Test
  void findsWhatIsLost() {
    stored.remove(1);
    stored.remove(1);
    assertThat(check().lost()).containsExactly(FIRST, SECOND);
    assertThat(check().isClean()).isFalse();
    assertThat(check().toString()).startsWith("L=2 D=0 X=0 S=1 wrong").contains("; lost: 0000");
  }

  @Test
  void findsWhatIsDuplicated() {
    stored.add(new StoredProfile(B, SECOND, CPU, 5));
    assertThat(check().duplicated()).containsExactly(SECOND);
    assertThat(check().wrongSums()).hasSize(1);
  }

  @Test
  void findsWhatIsUnderAnotherTenant() {
    stored.add(new StoredProfile(A, SECOND, CPU, 5));
    assertThat(check().foreign()).containsExactly(SECOND);
    assertThat(check().lost()).isEmpty();
    assertThat(check().wrongSums()).hasSize(1);
  }

  @Test
  void findsWrongValues() {
    stored.set(0, new StoredProfile(A, FIRST, CPU, 11));
    assertThat(check().lost()).isEmpty();
    assertThat(check().duplicated()).isEmpty();
    assertThat(check().wrongSums())
        .containsExactly("a process_cpu:cpu:nanoseconds::: 11 (expected: 10)");
  }

  @Test
  void ignoresWhatOthersPushed() {
    stored.add(new StoredProfile(A, UUID.randomUUID(), CPU, 100));
    assertThat(check().isClean()).isTrue();
    assertThat(check().unknown()).isEqualTo(1);
  }

  @Test
  void readsStoredProfilesFromAFile(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("stored");
    Files.writeString(file, "a\t" + FIRST + "\t" + CPU + "\t10\n");
    List<StoredProfile> read = new ArrayList<>();
    new StoredProfilesFile(file).forEach(read::add);
    assertThat(read).containsExactly(stored.get(0));

    Files.writeString(file, "a b c\n");
    assertThatThrownBy(() -> new StoredProfilesFile(file).forEach(read::add))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Not a stored profile (expected: tenant, id, type and total by tabs): a b c");
  }

  private LedgerReport check() {
    return LedgerChecker.check(ledger, stored::forEach);
  }
}
