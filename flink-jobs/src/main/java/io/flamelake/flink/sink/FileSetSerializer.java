/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flamelake.catalog.LaneRanges;
import io.flamelake.flink.serialize.ImmutableSerializer;
import io.flamelake.flink.sink.WrittenFile.ColumnMetrics;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Version 1 of a file set: big-endian numbers, byte strings and collections with an int length
 * before them, tables by name.
 */
public final class FileSetSerializer extends ImmutableSerializer<FileSet> {

  static final int VERSION = 1;

  private static final long serialVersionUID = 1L;

  @Override
  public void serialize(FileSet set, DataOutputView target) throws IOException {
    target.writeInt(VERSION);
    target.writeInt(set.ranges().asMap().size());
    for (Map.Entry<String, LaneRanges.Range> entry : set.ranges().asMap().entrySet()) {
      writeString(target, entry.getKey());
      target.writeLong(entry.getValue().fromExclusive());
      target.writeLong(entry.getValue().toInclusive());
    }

    target.writeLong(set.oldestReceiveNanos());
    target.writeInt(set.files().size());
    for (WrittenFile file : set.files()) {
      writeFile(target, file);
    }
  }

  @Override
  public FileSet deserialize(DataInputView source) throws IOException {
    int version = source.readInt();
    if (version != VERSION) {
      throw new IOException("File set of version " + version + " (expected: " + VERSION + ")");
    }

    int laneCount = source.readInt();
    SortedMap<String, LaneRanges.Range> ranges = new TreeMap<>();
    for (int i = 0; i < laneCount; i++) {
      ranges.put(readString(source), new LaneRanges.Range(source.readLong(), source.readLong()));
    }

    long oldestReceiveNanos = source.readLong();
    int fileCount = source.readInt();
    List<WrittenFile> files = new ArrayList<>();
    for (int i = 0; i < fileCount; i++) {
      files.add(readFile(source));
    }

    return new FileSet(new LaneRanges(ranges), oldestReceiveNanos, files);
  }

  @Override
  public TypeSerializerSnapshot<FileSet> snapshotConfiguration() {
    return new Snapshot();
  }

  private static void writeFile(DataOutput target, WrittenFile file) throws IOException {
    writeString(target, file.table().tableName());
    writeString(target, file.location());
    target.writeLong(file.sizeBytes());
    writeString(target, file.tenant());
    target.writeInt(file.period());
    target.writeInt(file.sortOrderId());
    ColumnMetrics metrics = file.metrics();
    target.writeLong(metrics.rowCount());
    writeCounts(target, metrics.columnSizes());
    writeCounts(target, metrics.valueCounts());
    writeCounts(target, metrics.nullValueCounts());
    writeBounds(target, metrics.lowerBounds());
    writeBounds(target, metrics.upperBounds());
    target.writeInt(file.splitOffsets().size());
    for (long offset : file.splitOffsets()) {
      target.writeLong(offset);
    }
  }

  private static WrittenFile readFile(DataInput source) throws IOException {
    LakeTable table = LakeTable.ofName(readString(source));
    String location = readString(source);
    long sizeBytes = source.readLong();
    String tenant = readString(source);
    int period = source.readInt();
    int sortOrderId = source.readInt();
    ColumnMetrics metrics =
        new ColumnMetrics(
            source.readLong(),
            readCounts(source),
            readCounts(source),
            readCounts(source),
            readBounds(source),
            readBounds(source));
    int offsetCount = source.readInt();
    List<Long> offsets = new ArrayList<>();
    for (int i = 0; i < offsetCount; i++) {
      offsets.add(source.readLong());
    }

    return new WrittenFile(
        table, location, sizeBytes, tenant, period, sortOrderId, metrics, offsets);
  }

  private static void writeCounts(DataOutput target, Map<Integer, Long> counts) throws IOException {
    target.writeInt(counts.size());
    for (Map.Entry<Integer, Long> entry : counts.entrySet()) {
      target.writeInt(entry.getKey());
      target.writeLong(entry.getValue());
    }
  }

  private static Map<Integer, Long> readCounts(DataInput source) throws IOException {
    int size = source.readInt();
    Map<Integer, Long> counts = new TreeMap<>();
    for (int i = 0; i < size; i++) {
      counts.put(source.readInt(), source.readLong());
    }

    return counts;
  }

  private static void writeBounds(DataOutput target, Map<Integer, byte[]> bounds)
      throws IOException {
    target.writeInt(bounds.size());
    for (Map.Entry<Integer, byte[]> entry : bounds.entrySet()) {
      target.writeInt(entry.getKey());
      writeBytes(target, entry.getValue());
    }
  }

  private static Map<Integer, byte[]> readBounds(DataInput source) throws IOException {
    int size = source.readInt();
    Map<Integer, byte[]> bounds = new TreeMap<>();
    for (int i = 0; i < size; i++) {
      bounds.put(source.readInt(), readBytes(source));
    }

    return bounds;
  }

  private static void writeString(DataOutput target, String value) throws IOException {
    writeBytes(target, value.getBytes(UTF_8));
  }

  private static String readString(DataInput source) throws IOException {
    return new String(readBytes(source), UTF_8);
  }

  private static void writeBytes(DataOutput target, byte[] bytes) throws IOException {
    target.writeInt(bytes.length);
    target.write(bytes);
  }

  private static byte[] readBytes(DataInput source) throws IOException {
    byte[] bytes = new byte[source.readInt()];
    source.readFully(bytes);
    return bytes;
  }

  /** Says in a savepoint that this serializer wrote it. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<FileSet> {

    public Snapshot() {
      super(FileSetSerializer::new);
    }
  }
}
