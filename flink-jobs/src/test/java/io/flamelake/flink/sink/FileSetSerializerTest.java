/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.catalog.LaneRanges;
import io.flamelake.flink.GoldenFiles;
import io.flamelake.flink.sink.WrittenFile.ColumnMetrics;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class FileSetSerializerTest {

  private final PendingFileSetSerializer serializer = new PendingFileSetSerializer();

  @Test
  void pendingSetSurvivesSerialization() throws IOException {
    PendingFileSet set = new PendingFileSet(12, new UUID(1, 2), fileSet());
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(set, out);
    GoldenFiles.assertSame("pending-file-set-v1.bin", out.getCopyOfBuffer());
    PendingFileSet read =
        serializer.deserialize(
            new DataInputDeserializer(GoldenFiles.load("pending-file-set-v1.bin")));
    assertThat(read).usingRecursiveComparison().isEqualTo(set);
  }

  @Test
  void refusesVersionsItDoesNotKnow() {
    assertThatThrownBy(
            () -> serializer.deserialize(new DataInputDeserializer(new byte[] {0, 0, 0, 3})))
        .isInstanceOf(IOException.class)
        .hasMessage("Pending file set of version 3 (expected: 1)");
    assertThatThrownBy(
            () ->
                new FileSetSerializer()
                    .deserialize(new DataInputDeserializer(new byte[] {0, 0, 0, 3})))
        .isInstanceOf(IOException.class)
        .hasMessage("File set of version 3 (expected: 1)");
  }

  private static FileSet fileSet() {
    ColumnMetrics metrics =
        new ColumnMetrics(
            3,
            Map.of(1, 30L),
            Map.of(1, 3L),
            Map.of(1, 0L),
            Map.of(1, new byte[] {1, 2}),
            Map.of(1, new byte[] {3}));
    WrittenFile file =
        new WrittenFile(
            LakeTable.PROFILES,
            "s3://lake/warehouse/profiles/f.parquet",
            1234,
            "ténant",
            490_000,
            1,
            metrics,
            List.of(4L));
    LaneRanges ranges = LaneRanges.of(Map.of(LakeFixture.LANE, new LaneRanges.Range(3, 9)));
    return new FileSet(ranges, 1_700_000_000_000_000_000L, List.of(file));
  }
}
