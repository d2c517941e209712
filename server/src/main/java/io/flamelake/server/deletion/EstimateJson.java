/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.deletion;

import io.flamelake.flink.maintenance.delete.DeletionEstimate;
import java.util.List;

/** What would be deleted, as it is shown. */
record EstimateJson(
    boolean dryRun,
    long rows,
    long bytes,
    int hours,
    long uncommittedSegments,
    List<OfService> services) {

  record OfService(String service, long rows, long profiles) {}

  static EstimateJson of(DeletionEstimate estimate) {
    return new EstimateJson(
        true,
        estimate.rows(),
        estimate.bytes(),
        estimate.hours(),
        estimate.uncommittedSegments(),
        estimate.services().entrySet().stream()
            .map(
                entry ->
                    new OfService(
                        entry.getKey(), entry.getValue().rows(), entry.getValue().profiles()))
            .toList());
  }
}
