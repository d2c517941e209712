/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.Table;

/** Waits for what a server commits. */
final class CommittedRows {
  private static final long TIMEOUT_MINUTES = 20;
  private static final long POLL_MILLIS = 200;

  private CommittedRows() {}

  /** Waits until the table of profiles in this storage directory has so many rows. */
  static void await(Path storage, long rows) throws InterruptedException {
    try (LakeCatalog catalog = LakeCatalog.open(CatalogConfig.embedded(storage))) {
      long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(TIMEOUT_MINUTES);
      long committed = 0;
      while (committed < rows) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("Committed " + committed + " of " + rows + " rows");
        }

        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        Table profiles = catalog.tables().profiles();
        if (profiles.currentSnapshot() != null) {
          committed =
              Long.parseLong(
                  profiles.currentSnapshot().summary().getOrDefault("total-records", "0"));
        }
      }
    }
  }
}
