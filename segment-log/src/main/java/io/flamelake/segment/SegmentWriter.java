/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import static java.util.Objects.requireNonNull;

import com.github.luben.zstd.Zstd;
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
 * A segment being filled: records go, copied, into one growing array for each tenant, and are
 * compressed at the end.
 *
 * <p>Not thread-safe. Used once: after {@link #finish()} it takes no more.
 */
public final class SegmentWriter {
  /** Profiles shrink to a third at this level already, at 400 MB/s; see the module's RATIONALE. */
  private static final int COMPRESSION_LEVEL = 1;

  private static final int FIRST_CAPACITY = 4096;
  private static final int MAX_SHORT = 0xffff;

  private final Map<TenantId, TenantBlock> blocks = new LinkedHashMap<>();
  private @Nullable TenantBlock last;
  private long uncompressedBytes;
  private int recordCount;
  private boolean finished;

  public SegmentWriter() {}

  /**
   * Adds a record; its payload is copied.
   *
   * @throws IllegalArgumentException if the format cannot hold it, or the tenant's block would be
   *     longer than a block may be; the segment stays as it was
   */
  public void add(TenantId tenant, SegmentRecord record) {
    checkOpen();
    TenantBlock block = block(tenant);
    int before = block.records.size();
    block.add(record);
    uncompressedBytes += block.records.size() - before;
    recordCount++;
  }

  /** The bytes of all records so far, which is about the memory this writer holds. */
  public long uncompressedBytes() {
    return uncompressedBytes;
  }

  public int recordCount() {
    return recordCount;
  }

  public boolean isEmpty() {
    return recordCount == 0;
  }

  /**
   * Compresses the blocks and returns the segment; the array is the caller's.
   *
   * @throws IllegalStateException if there is no record
   */
  public byte[] finish() {
    checkOpen();
    if (isEmpty()) {
      throw new IllegalStateException("A segment has at least one record");
    }

    finished = true;
    ByteSink object = new ByteSink((int) Math.min(uncompressedBytes / 2 + FIRST_CAPACITY, 1 << 26));
    writeHeader(object, 0);
    List<SegmentFooter.Block> entries = new ArrayList<>(blocks.size());
    for (Map.Entry<TenantId, TenantBlock> entry : blocks.entrySet()) {
      entries.add(entry.getValue().compressTo(object, entry.getKey()));
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

  /** The records of one tenant, as they will be in the uncompressed block. */
  private static final class TenantBlock {
    private final TenantId tenant;
    private final ByteSink records = new ByteSink(FIRST_CAPACITY);
    private int recordCount;
    private long minProfileTimeNanos = Long.MAX_VALUE;
    private long maxProfileTimeNanos = Long.MIN_VALUE;

    TenantBlock(TenantId tenant) {
      this.tenant = tenant;
    }

    void add(SegmentRecord record) {
      int start = records.size();
      try {
        write(record);
      } catch (IllegalArgumentException | ArithmeticException e) {
        records.setSize(start);
        throw new IllegalArgumentException(
            "Tenant "
                + tenant.value()
                + ": profile "
                + record.profileId()
                + " does not fit into a segment: "
                + e.getMessage(),
            e);
      }

      recordCount++;
      minProfileTimeNanos = Math.min(minProfileTimeNanos, record.profileTimeNanos());
      maxProfileTimeNanos = Math.max(maxProfileTimeNanos, record.profileTimeNanos());
    }

    SegmentFooter.Block compressTo(ByteSink object, TenantId id) {
      int start = object.size();
      int room = Math.toIntExact(Zstd.compressBound(records.size()));
      object.ensureFree(room);
      // One byte array to another: no copy of the compressed bytes in between.
      long length =
          Zstd.compressByteArray(
              object.array(), start, room, records.array(), 0, records.size(), COMPRESSION_LEVEL);
      if (Zstd.isError(length)) {
        throw new IllegalStateException("Cannot compress a block: " + Zstd.getErrorName(length));
      }

      object.setSize(start + (int) length);
      return new SegmentFooter.Block(
          id,
          start,
          (int) length,
          records.size(),
          recordCount,
          minProfileTimeNanos,
          maxProfileTimeNanos,
          SegmentFormat.crc(object.array(), start, (int) length));
    }

    private void write(SegmentRecord record) {
      int start = records.size();
      records.writeInt(0);
      records.writeLongBigEndian(record.profileId().getMostSignificantBits());
      records.writeLongBigEndian(record.profileId().getLeastSignificantBits());
      records.writeByte(record.hasClientId() ? SegmentFormat.RECORD_FLAG_CLIENT_ID : 0);
      records.writeByte(record.kind().code());
      records.writeLong(record.receiveTimeNanos());
      records.writeLong(record.profileTimeNanos());
      writeLabels(record.labels());
      records.writeInt(record.payloadLength());
      if ((long) records.size() + record.payloadLength() > SegmentFormat.MAX_BLOCK_LENGTH) {
        throw new IllegalArgumentException(
            "The block would have more than " + SegmentFormat.MAX_BLOCK_LENGTH + " bytes");
      }

      records.write(record.payload(), record.payloadOffset(), record.payloadLength());
      records.setInt(start, records.size() - start - Integer.BYTES);
    }

    private void writeLabels(LabelSet labels) {
      if (labels.size() > MAX_SHORT) {
        throw new IllegalArgumentException(labels.size() + " labels");
      }

      records.writeShort(labels.size());
      for (Label label : labels.labels()) {
        writeShortString(records, label.name());
        int lengthPosition = records.size();
        records.writeInt(0);
        records.writeUtf8(label.value());
        records.setInt(lengthPosition, records.size() - lengthPosition - Integer.BYTES);
      }
    }
  }
}
