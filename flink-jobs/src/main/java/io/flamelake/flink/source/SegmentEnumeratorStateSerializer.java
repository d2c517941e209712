/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.source;

import io.flamelake.segment.LaneId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Version 1: the number of lanes as an int, then each lane id as modified UTF-8. */
final class SegmentEnumeratorStateSerializer
    implements SimpleVersionedSerializer<SegmentEnumeratorState> {

  static final int VERSION = 1;

  private static final int INITIAL_SIZE = 256;

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(SegmentEnumeratorState state) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(INITIAL_SIZE);
    out.writeInt(state.assignedLanes().size());
    for (LaneId lane : state.assignedLanes()) {
      out.writeUTF(lane.value());
    }

    return out.getCopyOfBuffer();
  }

  @Override
  public SegmentEnumeratorState deserialize(int version, byte[] serialized) throws IOException {
    if (version != VERSION) {
      throw new IOException("Segment enumerator state of version " + version + " (expected: 1)");
    }

    DataInputDeserializer in = new DataInputDeserializer(serialized);
    int count = in.readInt();
    List<LaneId> lanes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lanes.add(new LaneId(in.readUTF()));
    }

    return new SegmentEnumeratorState(lanes);
  }
}
