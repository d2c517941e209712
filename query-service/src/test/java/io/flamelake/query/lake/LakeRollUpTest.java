/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.query.BaseRollUpTest;
import io.flamelake.query.ProfileStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** Roll-ups on layouts of files that an Iceberg table may hold. */
class LakeRollUpTest {

  abstract static class OnLayout extends BaseRollUpTest {
    private final FileLayout layout;
    private LakeFixture fixture;
    private LakeProfileStore store;

    OnLayout(FileLayout layout) {
      this.layout = layout;
    }

    @BeforeAll
    void open(@TempDir Path directory) {
      this.fixture = new LakeFixture(directory);
      this.store =
          new LakeProfileStore(
              fixture.tables(), LakeConfig.of(2, 64 << 20), new SimpleMeterRegistry());
    }

    @AfterAll
    void close() {
      store.close();
      fixture.close();
    }

    @Override
    protected ProfileStore store() {
      return store;
    }

    @Override
    protected LakeFixture fixture() {
      return fixture;
    }

    @Override
    protected FileLayout layout() {
      return layout;
    }
  }

  @Nested
  class Flamelake extends OnLayout {
    Flamelake() {
      super(FileLayout.FLAMELAKE);
    }
  }

  @Nested
  class Iceberg extends OnLayout {
    Iceberg() {
      super(FileLayout.ICEBERG);
    }
  }

  @Nested
  class Delta extends OnLayout {
    Delta() {
      super(FileLayout.DELTA);
    }
  }

  @Nested
  class FallbackV1 extends OnLayout {
    FallbackV1() {
      super(FileLayout.FALLBACK_V1);
    }
  }
}
