/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.flink.maintenance.MaintenanceConfig;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.TaskPlanner;
import io.flamelake.flink.source.SegmentLogLocation;
import io.flamelake.segment.Ulid;
import io.flamelake.segment.store.ObjectStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Maintenance of an embedded lake in this process, one kind of task after the other. */
final class LakeMaintenance {
  /** Days are rolled up when their hours are; some kinds of tasks are always due. */
  private static final int ROUNDS = 3;

  private final Path storage;
  private final Clock clock;

  /**
   * @param clock what is old enough to be expired or removed is told by it
   */
  LakeMaintenance(Path storage, Clock clock) {
    this.storage = storage;
    this.clock = clock;
  }

  /** Does what is due, and what is due then; tells how many tasks that were. */
  int run(TaskPlanner planner) throws Exception {
    CatalogConfig catalogConfig = CatalogConfig.embedded(storage);
    SegmentLogLocation log = new SegmentLogLocation(storage.toUri().toString(), Map.of());
    Path temporary = Files.createTempDirectory("flamelake-maintenance-");
    int tasks = 0;
    try (LakeCatalog catalog = LakeCatalog.open(catalogConfig);
        ObjectStore store = log.openStore()) {
      MaintenanceContext context =
          new MaintenanceContext(
              MaintenanceConfig.builder(catalogConfig, log)
                  .rollUpQuiet(Duration.ZERO)
                  .temporaryDirectory(temporary)
                  .build(),
              Ulid.of(clock.millis()),
              catalog,
              store,
              clock,
              temporary);
      for (int round = 0; round < ROUNDS; round++) {
        context.tables().refresh();
        List<? extends MaintenanceTask> due = planner.plan(context);
        for (MaintenanceTask task : due) {
          context.tables().refresh();
          task.run(context);
          tasks++;
        }
      }
    }

    return tasks;
  }
}
