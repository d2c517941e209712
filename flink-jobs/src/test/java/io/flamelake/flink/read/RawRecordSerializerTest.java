/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.SegmentRecordBuilder;
import java.io.IOException;
import java.util.Arrays;
import java.util.UUID;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawRecordSerializerTest {

  private static final SegmentId SEGMENT =
      new SegmentId(new LaneId("01J00000000000000000000001"), 9);

  private final RawRecordSerializer serializer = new RawRecordSerializer();

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyFieldCrossesTheShuffle(boolean hasClientId) throws IOException {
    LabelSet labels = LabelSet.of("service_name", "s", "ключ", "x".repeat(70_000));
    RawRecord raw = new RawRecord(SEGMENT, 2, 3, new TenantId("t"), record(hasClientId, labels));
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(raw, out);
    RawRecord read = serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    assertThat(read.segment()).isEqualTo(SEGMENT);
    assertThat(read.laneStart()).isEqualTo(2);
    assertThat(read.index()).isEqualTo(3);
    assertThat(read.tenant()).isEqualTo(new TenantId("t"));
    assertThat(read.record().hasClientId()).isEqualTo(hasClientId);
    assertThat(read.record().profileId()).isEqualTo(new UUID(1, 2));
    assertThat(read.record().receiveTimeNanos()).isEqualTo(10);
    assertThat(read.record().profileTimeNanos()).isEqualTo(11);
    assertThat(read.record().labels()).isEqualTo(labels);
    assertThat(payload(read.record())).containsExactly(2, 3);
  }

  @Test
  void keyIsTenantAndService() {
    SegmentRecord record = record(true, LabelSet.of("service_name", "a/b"));
    assertThat(new RawRecord(SEGMENT, -1, 0, new TenantId("t"), record).serviceKey())
        .isEqualTo("t/a/b");
  }

  private static SegmentRecord record(boolean hasClientId, LabelSet labels) {
    SegmentRecordBuilder builder =
        SegmentRecord.builder()
            .receiveTimeNanos(10)
            .profileTimeNanos(11)
            .labels(labels)
            .payload(new byte[] {1, 2, 3, 4}, 1, 2);
    UUID id = new UUID(1, 2);
    return (hasClientId ? builder.clientId(id) : builder.generatedId(id)).build();
  }

  private static byte[] payload(SegmentRecord record) {
    return Arrays.copyOfRange(
        record.payload(), record.payloadOffset(), record.payloadOffset() + record.payloadLength());
  }
}
