/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.flink.EmbeddedFlink;
import io.flamelake.flink.maintenance.MaintenanceConfig;
import io.flamelake.flink.maintenance.MaintenanceConfigBuilder;
import io.flamelake.flink.maintenance.MaintenancePlanners;
import io.flamelake.flink.maintenance.RunSummary;
import io.flamelake.flink.maintenance.TaskKind;
import io.flamelake.server.config.FlamelakeConfig;
import io.flamelake.server.config.Target;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code flamelake maintain}: does what is due, once, and prints what it did. */
final class MaintainCommand {
  private static final Duration MAX_CATALOG_WAIT = Duration.ofSeconds(10);
  private static final Duration CATALOG_RETRY_PAUSE = Duration.ofSeconds(1);

  private static final String ADVICE =
      "A server with target maintenance does by itself all that this command does. To run it by"
          + " hand, stop that server, or start it without this target";

  private final FlamelakeConfig config;
  private final @Nullable String tasks;

  /**
   * @param tasks the list that was given, null if there was none
   */
  MaintainCommand(FlamelakeConfig config, @Nullable String tasks) {
    this.config = config;
    this.tasks = tasks;
  }

  /**
   * Returns whether every task succeeded.
   *
   * @throws StartException if it cannot begin, or not go on
   */
  boolean run(PrintStream out) {
    MaintenanceConfig maintenance = maintenanceConfig();
    Path storage = config.storage().path();
    try (StorageLock lock = StorageLock.acquire(storage, Set.of(Target.MAINTENANCE), ADVICE)) {
      checkCatalog();
      RunSummary summary =
          EmbeddedFlink.maintainOnce(
              config.storage().maintenanceDirectory(),
              config.maintenance().effectiveParallelism(),
              maintenance,
              MaintenancePlanners::of);
      out.print(summary.toText());
      out.flush();
      return summary.isSuccess();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("Interrupted", e);
    } catch (IllegalStateException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  private CatalogConfig catalogConfig() {
    return config.catalog().toCatalogConfig(config.storage().path());
  }

  /** Says what is wrong with the catalog before a cluster is started. */
  private void checkCatalog() {
    new CatalogOpener(catalogConfig(), MAX_CATALOG_WAIT, CATALOG_RETRY_PAUSE).open().close();
  }

  private MaintenanceConfig maintenanceConfig() {
    MaintenanceConfigBuilder builder =
        config
            .maintenance()
            .toMaintenanceConfig(catalogConfig(), config.storage(), config.ingester())
            // Whoever runs it by hand wants what is closed now, late data or not.
            .compactQuiet(Duration.ZERO)
            .rollUpQuiet(Duration.ZERO)
            .retention(config.maintenance().toRetention(config.limits()))
            .temporaryDirectory(config.storage().maintenanceDirectory().resolve("tmp"));
    if (tasks != null) {
      builder.leftOut(allBut(TaskKind.parseList(tasks)));
    }

    return builder.build();
  }

  private static Set<String> allBut(SortedSet<TaskKind> kinds) {
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException("-tasks: none (expected: all, or a comma list)");
    }

    return Arrays.stream(TaskKind.values())
        .filter(kind -> !kinds.contains(kind))
        .map(TaskKind::kindName)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
