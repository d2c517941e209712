/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.source;

import io.flamelake.flink.serialize.ImmutableSerializer;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Reference to a segment as the source hands it on. */
public final class SegmentIdSerializer extends ImmutableSerializer<SegmentId> {

  private static final long serialVersionUID = 1L;

  @Override
  public void serialize(SegmentId segment, DataOutputView target) throws IOException {
    target.writeUTF(segment.lane().value());
    target.writeLong(segment.sequence());
  }

  @Override
  public SegmentId deserialize(DataInputView source) throws IOException {
    return new SegmentId(new LaneId(source.readUTF()), source.readLong());
  }

  @Override
  public TypeSerializerSnapshot<SegmentId> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Says in a savepoint that this serializer wrote it. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<SegmentId> {

    public Snapshot() {
      super(SegmentIdSerializer::new);
    }
  }
}
