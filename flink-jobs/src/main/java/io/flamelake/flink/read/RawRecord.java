/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.read;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.LabelNames;
import io.flamelake.model.TenantId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentRecord;

/**
 * A record as it stands in the segment log, not decoded yet.
 *
 * @param laneStart the segment after which the lane is read since the job was started
 * @param index its place within the segment
 */
public record RawRecord(
    SegmentId segment, long laneStart, int index, TenantId tenant, SegmentRecord record) {

  public RawRecord {
    requireNonNull(segment, "segment");
    requireNonNull(tenant, "tenant");
    requireNonNull(record, "record");
  }

  /** Returns what the job is keyed by. A tenant id has no slash, so no two keys are alike. */
  public String serviceKey() {
    return tenant.value() + "/" + record.labels().value(LabelNames.SERVICE_NAME);
  }
}
