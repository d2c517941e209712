/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.health;

import io.flamelake.catalog.health.LakeHealth;
import io.flamelake.catalog.health.TableHealth;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Says which figures are not as they should be. */
final class HealthWarnings {
  /** What compaction promises, see docs/operations.md. */
  static final int MAX_PARTITION_FILES = 20;

  static final long MAX_METADATA_BYTES = 2_000_000;
  static final Duration MAX_LAG = Duration.ofMinutes(1);

  /** A roll-up is made once its hour is closed and nothing came late for a while. */
  static final Duration MAX_ROLL_UP_AGE = Duration.ofHours(4);

  private HealthWarnings() {}

  static List<String> of(LakeHealth lake, LogHealth log, Instant now) {
    List<String> warnings = new ArrayList<>();
    if (log.lag().compareTo(MAX_LAG) > 0) {
      warnings.add(
          log.pendingSegments()
              + " segments wait to be committed, the first since "
              + log.lag().toSeconds()
              + " s");
    }

    if (log.quarantinedSegments() > 0) {
      warnings.add(log.quarantinedSegments() + " segments are in quarantine, their lanes stopped");
    }

    for (TableHealth table : lake.tables()) {
      if (table.mostFilesInPartition() > MAX_PARTITION_FILES) {
        warnings.add(
            "A partition of table "
                + table.table()
                + " has "
                + table.mostFilesInPartition()
                + " files (expected: <= "
                + MAX_PARTITION_FILES
                + ")");
      }

      if (table.metadataBytes() > MAX_METADATA_BYTES) {
        warnings.add(
            "The metadata of table "
                + table.table()
                + " has "
                + table.metadataBytes()
                + " bytes (expected: <= "
                + MAX_METADATA_BYTES
                + ")");
      }
    }

    Instant oldest = lake.oldestUnrolledHour();
    if (oldest != null && oldest.isBefore(now.minus(MAX_ROLL_UP_AGE))) {
      warnings.add(lake.unrolledHours() + " hours are not rolled up, the oldest is " + oldest);
    }

    return warnings;
  }
}
