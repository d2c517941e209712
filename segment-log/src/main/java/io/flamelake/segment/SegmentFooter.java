/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import io.flamelake.model.TenantId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The index of a segment: one block for each tenant, in the order of the object.
 *
 * @param isSeal whether this is no batch but the end of a lane
 * @param attributes what a seal says for people, in order of the names
 */
public record SegmentFooter(boolean isSeal, Map<String, String> attributes, List<Block> blocks) {
  public SegmentFooter {
    attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    blocks = List.copyOf(blocks);
  }

  /** Returns the tenants that have records here, in the order of the object. */
  public List<TenantId> tenants() {
    return blocks.stream().map(Block::tenant).toList();
  }

  /** Returns a tenant's block, or null if it has no record here. */
  public @Nullable Block findBlock(TenantId tenant) {
    for (Block block : blocks) {
      if (block.tenant().equals(tenant)) {
        return block;
      }
    }

    return null;
  }

  /** Returns the number of records of all tenants. */
  public long recordCount() {
    return blocks.stream().mapToLong(Block::recordCount).sum();
  }

  /**
   * The records of one tenant.
   *
   * @param offset where it begins in the object
   * @param length compressed, in bytes
   * @param crc CRC32C of the compressed bytes
   */
  public record Block(
      TenantId tenant,
      long offset,
      int length,
      int uncompressedLength,
      int recordCount,
      long minProfileTimeNanos,
      long maxProfileTimeNanos,
      int crc) {}
}
