/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.read;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flamelake.flink.serialize.ImmutableSerializer;
import io.flamelake.model.Label;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.PayloadKind;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.SegmentRecordBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Carries raw records over the one shuffle of the job; the payload goes through untouched. */
public final class RawRecordSerializer extends ImmutableSerializer<RawRecord> {

  private static final long serialVersionUID = 1L;

  @Override
  public void serialize(RawRecord value, DataOutputView target) throws IOException {
    SegmentRecord record = value.record();
    target.writeUTF(value.segment().lane().value());
    target.writeLong(value.segment().sequence());
    target.writeLong(value.laneStart());
    target.writeInt(value.index());
    target.writeUTF(value.tenant().value());
    target.writeBoolean(record.hasClientId());
    target.writeLong(record.profileId().getMostSignificantBits());
    target.writeLong(record.profileId().getLeastSignificantBits());
    target.writeLong(record.receiveTimeNanos());
    target.writeLong(record.profileTimeNanos());
    target.writeUTF(record.kind().name());
    target.writeInt(record.labels().size());
    for (Label label : record.labels().labels()) {
      writeString(target, label.name());
      writeString(target, label.value());
    }

    target.writeInt(record.payloadLength());
    target.write(record.payload(), record.payloadOffset(), record.payloadLength());
  }

  @Override
  public RawRecord deserialize(DataInputView source) throws IOException {
    SegmentId segment = new SegmentId(new LaneId(source.readUTF()), source.readLong());
    long laneStart = source.readLong();
    int index = source.readInt();
    TenantId tenant = new TenantId(source.readUTF());
    SegmentRecordBuilder record = SegmentRecord.builder();
    boolean hasClientId = source.readBoolean();
    UUID id = new UUID(source.readLong(), source.readLong());
    if (hasClientId) {
      record.clientId(id);
    } else {
      record.generatedId(id);
    }

    record.receiveTimeNanos(source.readLong());
    record.profileTimeNanos(source.readLong());
    record.kind(PayloadKind.valueOf(source.readUTF()));
    int labelCount = source.readInt();
    List<Label> labels = new ArrayList<>(labelCount);
    for (int i = 0; i < labelCount; i++) {
      labels.add(new Label(readString(source), readString(source)));
    }

    record.labels(LabelSet.of(labels));
    byte[] payload = new byte[source.readInt()];
    source.readFully(payload);
    return new RawRecord(segment, laneStart, index, tenant, record.payload(payload).build());
  }

  @Override
  public TypeSerializerSnapshot<RawRecord> snapshotConfiguration() {
    return new Snapshot();
  }

  // A label value may be longer than the 65,535 bytes of writeUTF.
  private static void writeString(DataOutputView target, String value) throws IOException {
    byte[] bytes = value.getBytes(UTF_8);
    target.writeInt(bytes.length);
    target.write(bytes);
  }

  private static String readString(DataInputView source) throws IOException {
    byte[] bytes = new byte[source.readInt()];
    source.readFully(bytes);
    return new String(bytes, UTF_8);
  }

  /** Says in a savepoint that this serializer wrote it. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<RawRecord> {

    public Snapshot() {
      super(RawRecordSerializer::new);
    }
  }
}
