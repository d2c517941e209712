/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.source;

import io.flamelake.segment.LaneId;
import java.io.IOException;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Version 1: the lane id as modified UTF-8, the sequence as a big-endian long. */
final class SegmentSplitSerializer implements SimpleVersionedSerializer<SegmentSplit> {

  static final int VERSION = 1;

  private static final int SIZE = 36;

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(SegmentSplit split) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(SIZE);
    out.writeUTF(split.lane().value());
    out.writeLong(split.sequence());
    return out.getCopyOfBuffer();
  }

  @Override
  public SegmentSplit deserialize(int version, byte[] serialized) throws IOException {
    if (version != VERSION) {
      throw new IOException("Segment split of version " + version + " (expected: 1)");
    }

    DataInputDeserializer in = new DataInputDeserializer(serialized);
    return new SegmentSplit(new LaneId(in.readUTF()), in.readLong());
  }
}
