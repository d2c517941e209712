/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.batch;

import io.flamelake.segment.BlockCompressor;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.SegmentWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What will be one segment. Belongs to one lane's thread. */
final class Batch {

  private final List<PendingRecords> pending = new ArrayList<>();
  private long bytes;

  void add(PendingRecords records) {
    pending.add(records);
    bytes += records.bytes();
  }

  /** The payloads' bytes, uncompressed. */
  long bytes() {
    return bytes;
  }

  /**
   * Writes the segment. Records that the format cannot hold are refused, the others stay.
   *
   * @return null if nothing is left
   */
  byte @Nullable [] toSegment(BlockCompressor compressor) {
    SegmentWriter writer = new SegmentWriter();
    for (PendingRecords records : List.copyOf(pending)) {
      try {
        for (SegmentRecord record : records.records()) {
          writer.add(records.tenant(), record);
        }
      } catch (IllegalArgumentException e) {
        pending.remove(records);
        records.fail(e);
      }
    }

    return writer.isEmpty() ? null : writer.finish(compressor);
  }

  void acknowledge() {
    pending.forEach(PendingRecords::acknowledge);
  }

  void fail(Throwable cause) {
    pending.forEach(records -> records.fail(cause));
  }
}
