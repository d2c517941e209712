/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.source;

import io.flamelake.segment.SegmentId;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.connector.base.source.reader.RecordEmitter;

/** Emits a reference and moves its lane's position in one step, so no barrier comes between. */
final class SegmentRecordEmitter implements RecordEmitter<SegmentId, SegmentId, SegmentSplitState> {

  @Override
  public void emitRecord(
      SegmentId segment, SourceOutput<SegmentId> output, SegmentSplitState state) {
    output.collect(segment);
    state.advanceTo(segment);
  }
}
