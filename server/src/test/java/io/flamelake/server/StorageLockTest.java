/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.server.config.Target;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageLockTest {
  @TempDir private Path directory;

  @Test
  void refusesASecondProcessUntilTheFirstEnds() {
    Set<Target> all = EnumSet.allOf(Target.class);
    try (StorageLock first = StorageLock.acquire(directory, all)) {
      assertThatThrownBy(() -> StorageLock.acquire(directory, Set.of(Target.INGESTER)))
          .isInstanceOf(StartException.class)
          .hasMessage(
              "The storage directory %s is in use: another Flamelake process (pid %d) runs its"
                  + " ingester. Stop it, or give this one another -storage.path",
              directory, ProcessHandle.current().pid());
    }

    StorageLock.acquire(directory, all).close();
  }

  @Test
  void partsOfOneSystemShareADirectory() {
    try (StorageLock gateway = StorageLock.acquire(directory, Set.of(Target.GATEWAY));
        StorageLock querier = StorageLock.acquire(directory, Set.of(Target.QUERIER))) {
      assertThatThrownBy(() -> StorageLock.acquire(directory, Set.of(Target.QUERIER)))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("runs its querier");
    }
  }
}
