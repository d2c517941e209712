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
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {

  private static final ProfileType CPU = ProfileType.parse("process_cpu:cpu:nanoseconds::");
  private static final ProfileType WALL = ProfileType.parse("wall:wall:nanoseconds::");

  @TempDir Path directory;

  @Test
  void remembersAcrossRestarts() {
    Path file = directory.resolve("ledger");
    LedgerEntry first = entry("a", Map.of(CPU, 5L, WALL, Long.MAX_VALUE));
    LedgerEntry second = entry("b'(*)", Map.of(CPU, 7L));
    try (Ledger ledger = Ledger.open(file)) {
      ledger.record(first);
      ledger.acknowledge(first.id());
      assertThat(Ledger.read(file).entries()).containsOnlyKeys(first.id());
    }

    try (Ledger ledger = Ledger.open(file)) {
      ledger.record(second);
    }

    LedgerContents contents = Ledger.read(file);
    assertThat(contents.entries().values()).containsExactly(first, second);
    assertThat(contents.acknowledged()).containsExactly(first.id());
  }

  @Test
  void forgetsALineThatAKillCutShort() throws Exception {
    Path file = directory.resolve("ledger");
    LedgerEntry first = entry("a", Map.of(CPU, 5L));
    LedgerEntry second = entry("a", Map.of(CPU, 6L));
    try (Ledger ledger = Ledger.open(file)) {
      ledger.record(first);
    }

    Files.writeString(file, "P\t" + UUID.randomUUID() + "\ta\tsvc", StandardOpenOption.APPEND);
    assertThat(Ledger.read(file).entries().values()).containsExactly(first);
    try (Ledger ledger = Ledger.open(file)) {
      ledger.record(second);
    }

    assertThat(Ledger.read(file).entries().values()).containsExactly(first, second);
  }

  @Test
  void refusesRowsWithoutWeight() {
    assertThatThrownBy(() -> entry("a", Map.of(CPU, 0L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("(expected: > 0 each)");
    assertThatThrownBy(() -> entry("a", Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("totals: {} (expected: > 0 each)");
  }

  @Test
  void refusesTextThatWouldBreakALine() {
    LedgerEntry entry =
        new LedgerEntry(UUID.randomUUID(), new TenantId("a"), "x\ty", Map.of(CPU, 1L));
    try (Ledger ledger = Ledger.open(directory.resolve("ledger"))) {
      assertThatThrownBy(() -> ledger.record(entry))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("text: 'x\ty' (expected: no tab or line end)");
    }
  }

  private static LedgerEntry entry(String tenant, Map<ProfileType, Long> totals) {
    return new LedgerEntry(UUID.randomUUID(), new TenantId(tenant), "svc", totals);
  }
}
