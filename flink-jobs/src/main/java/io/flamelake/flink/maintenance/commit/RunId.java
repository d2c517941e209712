/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.commit;

import io.flamelake.catalog.MaintenanceClaim;
import io.flamelake.segment.Ulid;
import java.time.Clock;
import org.apache.iceberg.Table;

/** Makes ids of maintenance runs: ULIDs, each later than every run that the tables know of. */
public final class RunId {

  private RunId() {}

  /**
   * Returns the id of a new run, which can take the claims of all tables.
   *
   * @param tables as last refreshed
   */
  public static String next(Clock clock, Iterable<Table> tables) {
    long millis = clock.millis();
    for (Table table : tables) {
      MaintenanceClaim claim = MaintenanceClaim.find(table);
      if (claim != null && Ulid.isUlid(claim.run())) {
        // The other run's clock may be ahead of this one.
        millis = Math.max(millis, Ulid.millis(claim.run()) + 1);
      }
    }

    return Ulid.of(millis);
  }
}
