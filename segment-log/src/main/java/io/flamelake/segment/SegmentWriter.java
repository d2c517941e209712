/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.Label;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A segment being filled: it holds the records, whose payloads stay where they are, and compresses
 * them at the end, tenant by tenant.
 *
 * <p>Not thread-safe. Used once: after {@link #finish()} it takes no more.
 */
public final class SegmentWriter {
  private static final int FIRST_CAPACITY = 4096;

  /** How much smaller records are when they are compressed, about. */
  private static final int USUAL_RATIO = 3;

  private static final int MAX_SHORT = 0xffff;

  private final Map<TenantId, TenantBlock> blocks = new LinkedHashMap<>();
  private @Nullable TenantBlock last;
  private long uncompressedBytes;
  private int recordCount;
  private boolean finished;

  public SegmentWriter() {}

  /**
   * Adds a record. Its payload is read at the end only.
   *
   * @throws IllegalArgumentException if the format cannot hold it, or the tenant's block would be
   *     longer than a block may be; the segment stays as it was
   */
  public void add(TenantId tenant, SegmentRecord record) {
    checkOpen();
    TenantBlock block = block(tenant);
    long before = block.length;
    block.add(record);
    uncompressedBytes += block.length - before;
    recordCount++;
  }

  /** The bytes of all records so far, which is about the memory that they hold. */
  public long uncompressedBytes() {
    return uncompressedBytes;
  }

  public int recordCount() {
    return recordCount;
  }

  public boolean isEmpty() {
    return recordCount == 0;
  }

  /** As {@link #finish(BlockCompressor)}, for those who write a single segment. */
  public byte[] finish() {
    try (BlockCompressor compressor = new BlockCompressor()) {
      return finish(compressor);
    }
  }

  /**
   * Compresses the blocks and returns the segment; the array is the caller's.
   *
   * @throws IllegalStateException if there is no record
   */
  public byte[] finish(BlockCompressor compressor) {
    checkOpen();
    if (isEmpty()) {
      throw new IllegalStateException("A segment has at least one record");
    }

    finished = true;
    long capacity = Math.min(uncompressedBytes / USUAL_RATIO + FIRST_CAPACITY, 1 << 26);
    ByteSink object = new ByteSink((int) capacity);
    writeHeader(object, 0);
    List<SegmentFooter.Block> entries = new ArrayList<>(blocks.size());
    for (TenantBlock block : blocks.values()) {
      // A tenant whose records did not fit has none.
      if (!block.entries.isEmpty()) {
        entries.add(block.compressTo(object, compressor));
      }
    }

    writeFooter(object, 0, Map.of(), entries);
    return object.toByteArray();
  }

  /** Returns the object that ends a lane at a sequence. */
  public static byte[] seal(LaneId lane, long sequence, String reason) {
    Map<String, String> attributes = new TreeMap<>();
    attributes.put(SegmentFormat.SEAL_LANE, lane.value());
    attributes.put(SegmentFormat.SEAL_SEQUENCE, Long.toString(sequence));
    attributes.put(SegmentFormat.SEAL_REASON, requireNonNull(reason, "reason"));
    ByteSink object = new ByteSink(FIRST_CAPACITY);
    writeHeader(object, SegmentFormat.FLAG_SEAL);
    writeFooter(object, SegmentFormat.FLAG_SEAL, attributes, List.of());
    return object.toByteArray();
  }

  private void checkOpen() {
    if (finished) {
      throw new IllegalStateException("The segment is finished");
    }
  }

  private TenantBlock block(TenantId tenant) {
    // Most of the time one tenant's profiles come in a row.
    TenantBlock candidate = last;
    if (candidate == null || !candidate.tenant.equals(tenant)) {
      candidate = blocks.computeIfAbsent(tenant, TenantBlock::new);
      last = candidate;
    }

    return candidate;
  }

  private static void writeHeader(ByteSink object, int flags) {
    object.writeInt(SegmentFormat.HEADER_MAGIC);
    object.writeShort(SegmentFormat.VERSION);
    object.writeShort(flags);
  }

  private static void writeFooter(
      ByteSink object,
      int flags,
      Map<String, String> attributes,
      List<SegmentFooter.Block> blocks) {
    int start = object.size();
    object.writeShort(attributes.size());
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      writeShortString(object, attribute.getKey());
      writeShortString(object, attribute.getValue());
    }

    object.writeInt(blocks.size());
    for (SegmentFooter.Block block : blocks) {
      writeBlockEntry(object, block);
    }

    object.writeInt(object.size() - start);
    object.writeShort(SegmentFormat.VERSION);
    object.writeShort(flags);
    object.writeInt(SegmentFormat.crc(object.array(), start, object.size() - start));
    object.writeInt(SegmentFormat.TRAILER_MAGIC);
  }

  private static void writeBlockEntry(ByteSink object, SegmentFooter.Block block) {
    String tenant = block.tenant().value();
    object.writeByte(tenant.length());
    object.writeUtf8(tenant);
    object.writeLong(block.offset());
    object.writeInt(block.length());
    object.writeInt(block.uncompressedLength());
    object.writeInt(block.recordCount());
    object.writeLong(block.minProfileTimeNanos());
    object.writeLong(block.maxProfileTimeNanos());
    object.writeInt(block.crc());
  }

  private static void writeShortString(ByteSink sink, String value) {
    int lengthPosition = sink.size();
    sink.writeShort(0);
    sink.writeUtf8(value);
    int length = sink.size() - lengthPosition - Short.BYTES;
    if (length > MAX_SHORT) {
      throw new IllegalArgumentException(
          "String of " + length + " bytes (expected: <= " + MAX_SHORT + ")");
    }

    sink.setShort(lengthPosition, length);
  }

  /** The records of one tenant. */
  private static final class TenantBlock {
    private final TenantId tenant;
    private final List<Entry> entries = new ArrayList<>();

    /** What is before the payloads, one record's after the other's. */
    private final ByteSink heads = new ByteSink(FIRST_CAPACITY);

    /** Of the block, uncompressed. */
    private int length;

    private long minProfileTimeNanos = Long.MAX_VALUE;
    private long maxProfileTimeNanos = Long.MIN_VALUE;

    TenantBlock(TenantId tenant) {
      this.tenant = tenant;
    }

    void add(SegmentRecord record) {
      int start = heads.size();
      try {
        writeHead(record);
      } catch (IllegalArgumentException | ArithmeticException e) {
        heads.setSize(start);
        throw new IllegalArgumentException(
            "Tenant "
                + tenant.value()
                + ": profile "
                + record.profileId()
                + " does not fit into a segment: "
                + e.getMessage(),
            e);
      }

      entries.add(new Entry(record, heads.size()));
      length += heads.size() - start + record.payloadLength();
      minProfileTimeNanos = Math.min(minProfileTimeNanos, record.profileTimeNanos());
      maxProfileTimeNanos = Math.max(maxProfileTimeNanos, record.profileTimeNanos());
    }

    SegmentFooter.Block compressTo(ByteSink object, BlockCompressor compressor) {
      int start = object.size();
      compressor.begin(length);
      int headStart = 0;
      for (Entry entry : entries) {
        SegmentRecord record = entry.record;
        compressor.write(heads.array(), headStart, entry.headEnd - headStart, object);
        compressor.write(record.payload(), record.payloadOffset(), record.payloadLength(), object);
        headStart = entry.headEnd;
      }

      compressor.end(object);
      int compressedLength = object.size() - start;
      return new SegmentFooter.Block(
          tenant,
          start,
          compressedLength,
          length,
          entries.size(),
          minProfileTimeNanos,
          maxProfileTimeNanos,
          SegmentFormat.crc(object.array(), start, compressedLength));
    }

    private void writeHead(SegmentRecord record) {
      int start = heads.size();
      heads.writeInt(0);
      heads.writeLongBigEndian(record.profileId().getMostSignificantBits());
      heads.writeLongBigEndian(record.profileId().getLeastSignificantBits());
      heads.writeByte(record.hasClientId() ? SegmentFormat.RECORD_FLAG_CLIENT_ID : 0);
      heads.writeByte(record.kind().code());
      heads.writeLong(record.receiveTimeNanos());
      heads.writeLong(record.profileTimeNanos());
      writeLabels(record.labels());
      heads.writeInt(record.payloadLength());
      int rest = Math.addExact(heads.size() - start - Integer.BYTES, record.payloadLength());
      if ((long) length + Integer.BYTES + rest > SegmentFormat.MAX_BLOCK_LENGTH) {
        throw new IllegalArgumentException(
            "The block would have more than " + SegmentFormat.MAX_BLOCK_LENGTH + " bytes");
      }

      heads.setInt(start, rest);
    }

    private void writeLabels(LabelSet labels) {
      if (labels.size() > MAX_SHORT) {
        throw new IllegalArgumentException(labels.size() + " labels");
      }

      heads.writeShort(labels.size());
      for (Label label : labels.labels()) {
        writeShortString(heads, label.name());
        int lengthPosition = heads.size();
        heads.writeInt(0);
        heads.writeUtf8(label.value());
        heads.setInt(lengthPosition, heads.size() - lengthPosition - Integer.BYTES);
      }
    }

    private record Entry(SegmentRecord record, int headEnd) {}
  }
}
