/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.tail;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.model.TenantId;
import io.flamelake.segment.SegmentId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Decoded blocks, the least recently used of which are dropped when they exceed the memory they may
 * take. A block that several threads ask for is decoded once. Guarded by itself.
 */
final class TailBlocks {
  private final long maxBytes;
  private final LinkedHashMap<Key, CompletableFuture<TailBlock>> blocks =
      new LinkedHashMap<>(256, 0.75f, true);
  private long bytes;

  private record Key(SegmentId segment, TenantId tenant) {}

  TailBlocks(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Returns a block, decoded on the calling thread unless it is there or another is at it. */
  TailBlock get(SegmentId segment, TenantId tenant, Supplier<TailBlock> decode) {
    Key key = new Key(segment, tenant);
    CompletableFuture<TailBlock> mine = new CompletableFuture<>();
    CompletableFuture<TailBlock> block;
    synchronized (this) {
      CompletableFuture<TailBlock> known = blocks.get(key);
      block = known == null ? mine : known;
      if (known == null) {
        blocks.put(key, mine);
      }
    }

    if (block == mine) {
      complete(key, mine, decode);
    }

    try {
      return block.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private void complete(Key key, CompletableFuture<TailBlock> future, Supplier<TailBlock> decode) {
    try {
      TailBlock block = decode.get();
      future.complete(block);
      added(key, future, block);
    } catch (RuntimeException | Error e) {
      synchronized (this) {
        blocks.remove(key, future);
      }

      future.completeExceptionally(e);
    }
  }

  private synchronized void added(Key key, CompletableFuture<TailBlock> future, TailBlock block) {
    if (blocks.get(key) != future) {
      return;
    }

    this.bytes += block.bytes();
    Iterator<Map.Entry<Key, CompletableFuture<TailBlock>>> oldest = blocks.entrySet().iterator();
    while (bytes > maxBytes && oldest.hasNext()) {
      CompletableFuture<TailBlock> candidate = oldest.next().getValue();
      if (candidate.isDone()) {
        this.bytes -= candidate.join().bytes();
        oldest.remove();
      }
    }
  }

  /** Whether a block is there, so that asking for it does not take long. */
  synchronized boolean contains(SegmentId segment, TenantId tenant) {
    CompletableFuture<TailBlock> block = blocks.get(new Key(segment, tenant));
    return block != null && block.isDone();
  }

  /** Drops the blocks of committed segments. */
  synchronized void dropCovered(LaneWatermarks watermarks) {
    blocks
        .entrySet()
        .removeIf(
            entry -> {
              SegmentId segment = entry.getKey().segment();
              CompletableFuture<TailBlock> block = entry.getValue();
              if (!block.isDone()
                  || !watermarks.covers(segment.lane().value(), segment.sequence())) {
                return false;
              }

              this.bytes -= block.join().bytes();
              return true;
            });
  }

  synchronized long bytes() {
    return bytes;
  }
}
