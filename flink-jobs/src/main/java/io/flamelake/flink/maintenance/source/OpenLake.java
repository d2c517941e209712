/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.source;

import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.LakeTables;
import io.flamelake.flink.maintenance.MaintenanceConfig;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.commit.RunId;
import io.flamelake.segment.store.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** A context, and all that has to be closed after it. Belongs to one thread. */
final class OpenLake implements AutoCloseable {

  private final LakeCatalog catalog;
  private final ObjectStore store;
  private final Path temporary;
  private final MaintenanceContext context;

  private OpenLake(
      LakeCatalog catalog, ObjectStore store, Path temporary, MaintenanceContext context) {
    this.catalog = catalog;
    this.store = store;
    this.temporary = temporary;
    this.context = context;
  }

  /** Opens catalog and store for a new run, which can take over the claims of all others. */
  static OpenLake openNewRun(MaintenanceConfig config) throws IOException {
    return open(config, null);
  }

  /** Opens catalog and store for a part of a run. */
  static OpenLake openRun(MaintenanceConfig config, String run) throws IOException {
    return open(config, run);
  }

  private static OpenLake open(MaintenanceConfig config, @Nullable String knownRun)
      throws IOException {
    Path parent = Path.of(config.temporaryDirectory());
    Files.createDirectories(parent);
    Path temporary = Files.createTempDirectory(parent, "maintenance-");
    Clock clock = Clock.systemUTC();
    LakeCatalog catalog = LakeCatalog.open(config.catalog());
    ObjectStore store = null;
    try {
      store = config.log().openStore();
      String run = knownRun == null ? RunId.next(clock, all(catalog.tables())) : knownRun;
      MaintenanceContext context =
          new MaintenanceContext(config, run, catalog, store, clock, temporary);
      return new OpenLake(catalog, store, temporary, context);
    } catch (RuntimeException e) {
      catalog.close();
      if (store != null) {
        store.close();
      }

      throw e;
    }
  }

  private static List<Table> all(LakeTables tables) {
    return List.of(
        tables.profiles(), tables.stacks(), tables.series(), tables.flame1h(), tables.flame1d());
  }

  String run() {
    return context.run();
  }

  List<Table> tables() {
    return all(context.tables());
  }

  /** Returns the context with tables as they are now. */
  MaintenanceContext refreshed() {
    context.tables().refresh();
    return context;
  }

  /** Deletes what a task left in the directory for spilled data. */
  void clearTemporary() throws IOException {
    for (Path file : deepestFirst(temporary)) {
      if (!file.equals(temporary)) {
        Files.deleteIfExists(file);
      }
    }
  }

  @Override
  public void close() {
    catalog.close();
    store.close();
    try {
      clearTemporary();
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + temporary, e);
    }
  }

  private static List<Path> deepestFirst(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.sorted(Comparator.reverseOrder()).toList();
    }
  }
}
