/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.commit;

import io.flamelake.catalog.MaintenanceClaim;

/**
 * Another maintenance run has taken over a table: this one can never commit to it again, and has to
 * stop. Its files that were not committed are removed by the other.
 */
public final class ClaimLostException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ClaimLostException(String table, String run, MaintenanceClaim claim) {
    super(
        "Maintenance run "
            + run
            + " may not commit to table "
            + table
            + " any more: the claim is run "
            + claim.run()
            + (claim.isReleased() ? "'s, released" : "'s, active at " + claim.activeAt()));
  }
}
