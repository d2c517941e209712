/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.decode;

import io.flamelake.flink.delta.ProcessIdentity;
import io.flamelake.model.TenantId;
import io.flamelake.model.normalize.CumulativeTypes;
import io.flamelake.model.normalize.ProfileNormalizer;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.model.pprof.Pprof;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.segment.SegmentRecord;
import java.util.List;

/** Decodes and normalizes records, as the hot tail does. Not thread-safe. */
final class RecordDecoder {

  private final ProfileNormalizer normalizer = new ProfileNormalizer();

  /**
   * @throws io.flamelake.model.pprof.MalformedProfileException if the payload is no pprof; the
   *     gateway checks with the same code
   */
  DecodedRecord decode(TenantId tenant, SegmentRecord record) {
    Pprof pprof =
        PprofDecoder.decode(
            record.payload(), record.payloadOffset(), record.payloadLength(), PprofLimits.STORED);
    List<ProfileRow> rows =
        normalizer.normalize(
            tenant, record.profileId(), record.receiveTimeNanos(), record.labels(), pprof);
    boolean isCumulative = CumulativeTypes.isMarked(record.labels());
    return new DecodedRecord(
        rows, isCumulative, isCumulative ? ProcessIdentity.of(pprof) : ProcessIdentity.UNKNOWN);
  }
}
