/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.batch;

import io.flamelake.model.TenantId;
import io.flamelake.rpc.MemoryBudget.Reservation;
import io.flamelake.segment.SegmentRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Records that wait, together, for their acknowledgement. */
record PendingRecords(
    TenantId tenant,
    List<SegmentRecord> records,
    Reservation reservation,
    CompletableFuture<Void> durable) {

  PendingRecords(TenantId tenant, List<SegmentRecord> records, Reservation reservation) {
    this(tenant, List.copyOf(records), reservation, new CompletableFuture<>());
  }

  long bytes() {
    long bytes = 0;
    for (SegmentRecord record : records) {
      bytes += record.payloadLength();
    }

    return bytes;
  }

  void acknowledge() {
    reservation.close();
    durable.complete(null);
  }

  void fail(Throwable cause) {
    reservation.close();
    durable.completeExceptionally(cause);
  }
}
