/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.flamelake.model.Label;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.segment.ByteSource.Malformed;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A segment whose checksums were right: all of it, or the blocks that were asked for.
 *
 * <p>Holds the compressed bytes. Each pass decompresses one block at a time, so records are cheap
 * to pass over and their payloads share the array of their block. Safe for use by several threads.
 */
public final class Segment {
  private final SegmentId id;
  private final SegmentFooter footer;
  private final List<SegmentFooter.Block> blocks;
  private final byte[] bytes;
  private final long bytesOffset;

  /**
   * @param blocks those of the footer that are in {@code bytes}, whose CRCs were checked
   * @param bytesOffset where {@code bytes} begins in the object
   */
  Segment(
      SegmentId id,
      SegmentFooter footer,
      List<SegmentFooter.Block> blocks,
      byte[] bytes,
      long bytesOffset) {
    this.id = id;
    this.footer = footer;
    this.blocks = blocks;
    this.bytes = bytes;
    this.bytesOffset = bytesOffset;
  }

  public SegmentId id() {
    return id;
  }

  public SegmentFooter footer() {
    return footer;
  }

  /** Whether this is no batch but the end of its lane. */
  public boolean isSeal() {
    return footer.isSeal();
  }

  /** Returns the tenants whose records are at hand here. */
  public List<TenantId> tenants() {
    return blocks.stream().map(SegmentFooter.Block::tenant).toList();
  }

  /** Passes over all records, tenant by tenant, each tenant's in the order they were accepted. */
  public void forEachRecord(RecordConsumer consumer) {
    for (SegmentFooter.Block block : blocks) {
      forEachRecord(block, consumer);
    }
  }

  /** Passes over the records of one tenant; there may be none. */
  public void forEachRecord(TenantId tenant, RecordConsumer consumer) {
    for (SegmentFooter.Block block : blocks) {
      if (block.tenant().equals(tenant)) {
        forEachRecord(block, consumer);
      }
    }
  }

  private void forEachRecord(SegmentFooter.Block block, RecordConsumer consumer) {
    // All of a block is read before the first record is passed on: a block is good or it is not.
    List<SegmentRecord> records = readBlock(block);
    for (SegmentRecord record : records) {
      consumer.accept(block.tenant(), record);
    }
  }

  private List<SegmentRecord> readBlock(SegmentFooter.Block block) {
    int start = (int) (block.offset() - bytesOffset);
    try {
      // Before anything is allocated: the footer may promise a gigabyte.
      long frameContentSize = Zstd.getFrameContentSize(bytes, start, block.length());
      if (frameContentSize != block.uncompressedLength()) {
        throw new Malformed(
            "a zstd frame of " + frameContentSize + " bytes, not " + block.uncompressedLength());
      }

      byte[] content = new byte[block.uncompressedLength()];
      long length =
          Zstd.decompressByteArray(content, 0, content.length, bytes, start, block.length());
      if (length != content.length) {
        throw new Malformed(length + " bytes uncompressed, not " + content.length);
      }

      return readRecords(block, content);
    } catch (ZstdException | Malformed | IllegalArgumentException e) {
      throw corrupt(block, e.getMessage());
    }
  }

  private static List<SegmentRecord> readRecords(SegmentFooter.Block block, byte[] content) {
    if (block.recordCount() > content.length / SegmentFormat.MIN_RECORD_LENGTH) {
      throw new Malformed(block.recordCount() + " records in " + content.length + " bytes");
    }

    ByteSource source = new ByteSource(content, 0, content.length);
    List<SegmentRecord> records = new ArrayList<>(block.recordCount());
    for (int i = 0; i < block.recordCount(); i++) {
      records.add(readRecord(source, content));
    }

    if (source.remaining() > 0) {
      throw new Malformed(source.remaining() + " bytes after the last record");
    }

    return records;
  }

  private static SegmentRecord readRecord(ByteSource source, byte[] content) {
    int length = source.readLength();
    int end = source.position() + length;
    UUID profileId = new UUID(source.readLongBigEndian(), source.readLongBigEndian());
    int flags = source.readByte();
    int kindCode = source.readByte();
    PayloadKind kind = PayloadKind.find(kindCode);
    if (kind == null) {
      throw new Malformed("payload kind " + kindCode);
    }

    if ((flags & ~SegmentFormat.RECORD_FLAG_CLIENT_ID) != 0) {
      throw new Malformed("record flags " + flags);
    }

    long receiveTimeNanos = source.readLong();
    long profileTimeNanos = source.readLong();
    LabelSet labels = readLabels(source);
    int payloadLength = source.readLength();
    int payloadOffset = source.position();
    source.skip(payloadLength);
    if (source.position() != end) {
      throw new Malformed("a record of " + length + " bytes that ends elsewhere");
    }

    return new SegmentRecord(
        profileId,
        (flags & SegmentFormat.RECORD_FLAG_CLIENT_ID) != 0,
        receiveTimeNanos,
        profileTimeNanos,
        labels,
        kind,
        content,
        payloadOffset,
        payloadLength);
  }

  private static LabelSet readLabels(ByteSource source) {
    int count = source.readShort();
    List<Label> labels = new ArrayList<>(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      String name = source.readUtf8(source.readShort());
      String value = source.readUtf8(source.readLength());
      labels.add(new Label(name, value));
    }

    return LabelSet.of(labels);
  }

  private CorruptSegmentException corrupt(SegmentFooter.Block block, @Nullable String reason) {
    return new CorruptSegmentException(
        id, "Block of tenant " + block.tenant().value() + ": " + reason);
  }
}
