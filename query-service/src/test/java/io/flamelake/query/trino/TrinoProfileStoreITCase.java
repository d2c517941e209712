/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import io.flamelake.query.BaseProfileStoreTest;
import io.flamelake.query.ProfileStore;
import io.flamelake.query.TestProfile;
import io.flamelake.query.TestProfiles;
import io.flamelake.query.lake.FileLayout;
import io.flamelake.query.lake.LakeFixture;
import io.flamelake.testkit.TrinoCatalogs;
import io.flamelake.testkit.TrinoServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a real Trino. */
class TrinoProfileStoreITCase extends BaseProfileStoreTest {
  private List<TestProfile> profiles = List.of();
  private @Nullable TrinoServer trino;
  private LakeFixture fixture;
  private TrinoProfileStore store;

  @BeforeAll
  void start(@TempDir Path directory) throws IOException {
    this.fixture = new LakeFixture(directory);
    TestProfiles random = new TestProfiles(7);
    List<TestProfile> written = new ArrayList<>();
    for (FileLayout layout : List.of(FileLayout.FLAMELAKE, FileLayout.ICEBERG)) {
      List<TestProfile> part = random.profiles(300);
      fixture.append(part, layout);
      written.addAll(part);
    }

    this.profiles = written;
    this.trino = TrinoServer.start(Map.of("lake", TrinoCatalogs.embedded(directory)));
    this.store =
        new TrinoProfileStore(
            fixture.tables(),
            TrinoConfig.builder(trino.jdbcUrl("lake", "flamelake")).build(),
            new SimpleMeterRegistry());
    store.check();
  }

  @AfterAll
  void stop() {
    if (trino != null) {
      store.close();
      trino.close();
    }

    fixture.close();
  }

  @Override
  protected ProfileStore store() {
    return store;
  }

  @Override
  protected List<TestProfile> profiles() {
    return profiles;
  }

  @Override
  protected int queries() {
    return Integer.getInteger("flamelake.trino.queries", 12);
  }
}
