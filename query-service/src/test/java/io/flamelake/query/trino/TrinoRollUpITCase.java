/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import static java.util.Objects.requireNonNull;

import io.flamelake.query.BaseRollUpTest;
import io.flamelake.query.ProfileStore;
import io.flamelake.query.lake.LakeFixture;
import io.flamelake.testkit.TrinoCatalogs;
import io.flamelake.testkit.TrinoServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Roll-ups as Trino reads them. */
class TrinoRollUpITCase extends BaseRollUpTest {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private @Nullable TrinoServer trino;
  private @Nullable TrinoProfileStore store;
  private @Nullable LakeFixture fixture;

  @BeforeAll
  void start(@TempDir Path directory) {
    LakeFixture opened = new LakeFixture(directory);
    this.fixture = opened;
    TrinoServer started = TrinoServer.start(Map.of("lake", TrinoCatalogs.embedded(directory)));
    this.trino = started;
    this.store =
        new TrinoProfileStore(
            opened.tables(),
            TrinoConfig.builder(started.jdbcUrl("lake", "flamelake"))
                .queryTimeout(PATIENCE)
                .build(),
            new SimpleMeterRegistry());
  }

  @AfterAll
  void stop() {
    if (store != null) {
      store.close();
    }

    if (trino != null) {
      trino.close();
    }

    if (fixture != null) {
      fixture.close();
    }
  }

  @Override
  protected ProfileStore store() {
    return requireNonNull(store, "store");
  }

  @Override
  protected LakeFixture fixture() {
    return requireNonNull(fixture, "fixture");
  }

  @Override
  protected int queries() {
    return Integer.getInteger("flamelake.trino.queries", 3);
  }
}
