/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import io.flamelake.model.TenantId;
import io.flamelake.model.normalize.ProfileNormalizer;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.segment.SegmentRecord;
import java.util.List;

/** What all readers of segments make of a record. */
public final class RecordRows {

  private RecordRows() {}

  /** Decodes and normalizes a record; of cumulative types the values stay as they were sent. */
  public static List<ProfileRow> of(TenantId tenant, SegmentRecord record) {
    return new ProfileNormalizer()
        .normalize(
            tenant,
            record.profileId(),
            record.receiveTimeNanos(),
            record.labels(),
            PprofDecoder.decode(
                record.payload(),
                record.payloadOffset(),
                record.payloadLength(),
                PprofLimits.STORED));
  }
}
