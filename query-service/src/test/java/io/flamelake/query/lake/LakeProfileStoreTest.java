/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.query.BaseProfileStoreTest;
import io.flamelake.query.ProfileStore;
import io.flamelake.query.TestProfile;
import io.flamelake.query.TestProfiles;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The contract on every layout of files that an Iceberg table may hold. */
class LakeProfileStoreTest {
  private static final LakeConfig CONFIG = LakeConfig.of(2, 64 << 20);

  /** Reads tables of one layout; {@code null} mixes all of them. */
  abstract static class OnLayout extends BaseProfileStoreTest {
    private final FileLayout[] layouts;
    private List<TestProfile> profiles = List.of();
    private LakeFixture fixture;
    private LakeProfileStore store;

    OnLayout(FileLayout... layouts) {
      this.layouts = layouts;
    }

    @BeforeAll
    void write(@TempDir Path directory) throws IOException {
      this.fixture = new LakeFixture(directory);
      TestProfiles random = new TestProfiles(layouts[0].ordinal());
      List<TestProfile> written = new ArrayList<>();
      for (FileLayout layout : layouts) {
        List<TestProfile> part = random.profiles(600 / layouts.length);
        fixture.append(part, layout);
        written.addAll(part);
      }

      this.profiles = written;
      this.store = new LakeProfileStore(fixture.tables(), CONFIG, new SimpleMeterRegistry());
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
    protected List<TestProfile> profiles() {
      return profiles;
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
  class Plain extends OnLayout {
    Plain() {
      super(FileLayout.PLAIN);
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

  @Nested
  class FallbackV2 extends OnLayout {
    FallbackV2() {
      super(FileLayout.FALLBACK_V2);
    }
  }

  @Nested
  class Mixed extends OnLayout {
    Mixed() {
      super(FileLayout.values());
    }
  }
}
