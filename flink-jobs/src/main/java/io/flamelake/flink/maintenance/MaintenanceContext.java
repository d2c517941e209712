/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.LakeTables;
import io.flamelake.flink.maintenance.commit.FencedCommit;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.store.ObjectStore;
import java.nio.file.Path;
import java.time.Clock;

/**
 * What planners and tasks work with. Belongs to one thread at a time, as its tables do; several of
 * one run have the same {@link #run}.
 */
public final class MaintenanceContext {

  private final MaintenanceConfig config;
  private final String run;
  private final LakeCatalog catalog;
  private final LakeTables tables;
  private final ObjectStore store;
  private final FencedCommit commit;
  private final Clock clock;
  private final Path temporary;

  /**
   * Of parts that the caller opened, and closes.
   *
   * @param run the ULID of the run, part of the names of all files that it writes
   * @param temporary a directory of this context's own, which exists
   */
  public MaintenanceContext(
      MaintenanceConfig config,
      String run,
      LakeCatalog catalog,
      ObjectStore store,
      Clock clock,
      Path temporary) {
    this.config = requireNonNull(config, "config");
    this.run = requireNonNull(run, "run");
    this.catalog = requireNonNull(catalog, "catalog");
    this.tables = catalog.tables();
    this.store = requireNonNull(store, "store");
    this.clock = requireNonNull(clock, "clock");
    this.commit = new FencedCommit(run, config.commitRetry(), clock);
    this.temporary = requireNonNull(temporary, "temporary");
  }

  public MaintenanceConfig config() {
    return config;
  }

  /** Returns the ULID of the run that this is part of. */
  public String run() {
    return run;
  }

  public LakeCatalog catalog() {
    return catalog;
  }

  /** Returns the tables, as new as at the begin of the plan or the task. */
  public LakeTables tables() {
    return tables;
  }

  /** Returns the store of the segment log. */
  public ObjectStore store() {
    return store;
  }

  public SegmentLog log() {
    return new SegmentLog(store);
  }

  /** Returns the only way to commit to a table. */
  public FencedCommit commit() {
    return commit;
  }

  public Clock clock() {
    return clock;
  }

  /** Returns a directory for spilled data; what a task leaves there is deleted after it. */
  public Path temporary() {
    return temporary;
  }
}
