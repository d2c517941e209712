/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.model.TenantId;
import io.flamelake.segment.store.ObjectStore;
import io.flamelake.segment.store.ObjectStores;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsStoreTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final TenantId TENANT = new TenantId("Team-A.(x)'*!");

  @TempDir private Path directory;

  /** A querier's view: nothing is shared with another's but the directory. */
  private SettingsStore querier() {
    ObjectStore store = ObjectStores.open(directory.toUri().toString(), Map.of());
    return new SettingsStore(store, Clock.fixed(Instant.ofEpochMilli(NOW), ZoneOffset.UTC));
  }

  @Test
  void queriersSeeEachOthersChanges() {
    SettingsStore first = querier();
    SettingsStore second = querier();
    first.set(TENANT, new Setting("theme", "dark", 1));
    second.set(TENANT, new Setting("limit", "5", 0));
    first.set(TENANT, new Setting("theme", "light \u20ac", 2));

    assertThat(second.list(TENANT))
        .containsExactly(new Setting("limit", "5", NOW), new Setting("theme", "light \u20ac", 2));
    first.delete(TENANT, "limit");
    first.delete(TENANT, "nothing of that name");
    assertThat(querier().list(TENANT)).containsExactly(new Setting("theme", "light \u20ac", 2));
    assertThat(first.list(new TenantId("team-a.(x)'*!"))).isEmpty();
  }

  @Test
  void refusesStaleChange() {
    SettingsStore settings = querier();
    settings.set(TENANT, new Setting("theme", "dark", 10));

    assertThatThrownBy(() -> settings.set(TENANT, new Setting("theme", "light", 9)))
        .isInstanceOf(StaleSettingException.class)
        .hasMessage("Setting theme was changed since");
    assertThat(settings.list(TENANT)).containsExactly(new Setting("theme", "dark", 10));
  }

  @Test
  void refusesWhatIsTooLongTooManyOrFromTheFuture() {
    SettingsStore settings = querier();

    assertThatThrownBy(() -> settings.set(TENANT, new Setting("", "v", 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("setting name is required");
    assertThatThrownBy(() -> settings.set(TENANT, new Setting("n".repeat(257), "v", 1)))
        .hasMessage("Name of a setting has 257 bytes (expected: <= 256)");
    assertThatThrownBy(() -> settings.set(TENANT, new Setting("n", "v".repeat(65_537), 1)))
        .hasMessage("Setting n has 65537 bytes (expected: <= 65536)");
    assertThatThrownBy(() -> settings.set(TENANT, new Setting("n", "v", NOW + 90_000_000)))
        .hasMessageStartingWith("modifiedAt: ");
    for (int i = 0; i < 15; i++) {
      settings.set(TENANT, new Setting("n" + i, "v".repeat(65_536), 1));
    }

    assertThatThrownBy(
            () -> {
              settings.set(TENANT, new Setting("n15", "v".repeat(65_536), 1));
            })
        .isInstanceOf(SettingsFullException.class);
    assertThat(settings.list(TENANT)).hasSize(15);
  }

  @Test
  void readsTheFirstFormatAndRefusesUnknownOnes() {
    byte[] first =
        "{\"version\":1,\"settings\":[{\"name\":\"a\",\"value\":\"b\",\"modifiedAt\":3}]}"
            .getBytes(StandardCharsets.UTF_8);

    assertThat(SettingsCodec.decode(first)).containsExactly(new Setting("a", "b", 3));
    assertThat(SettingsCodec.encode(List.of(new Setting("a", "b", 3)))).isEqualTo(first);
    assertThatThrownBy(
            () -> SettingsCodec.decode("{\"version\":2}".getBytes(StandardCharsets.UTF_8)))
        .hasMessage("Settings of version 2 (expected: 1)");
  }
}
