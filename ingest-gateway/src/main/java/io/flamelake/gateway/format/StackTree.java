/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import static java.util.Objects.requireNonNull;

import io.flamelake.gateway.convert.ConversionMemory;
import io.flamelake.gateway.convert.Malformed;
import io.flamelake.model.pprof.PprofFrame;
import io.flamelake.model.pprof.PprofLimits;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The stacks of one upload, from the root: equal ones are one, and each begins with the frames of
 * its parent. Stacks and frames are small numbers.
 *
 * <p>What a pprof may not have is not gathered in the first place: frames beyond the maximal depth
 * are left out, and more names than fit in a profile are refused.
 */
final class StackTree {

  /** The stack without frames. */
  static final int ROOT = 0;

  /** Three arrays and a slot in a hash table that is at most three quarters full, while growing. */
  private static final int BYTES_PER_STACK = 72;

  private static final int BYTES_PER_FRAME = 160;
  private static final int NONE = -1;

  private final ConversionMemory memory;
  private final PprofLimits limits;
  private final Map<PprofFrame, Integer> frameNumbers = new HashMap<>();
  private final List<PprofFrame> frames = new ArrayList<>();
  private long nameBytes;

  private final Long2IntOpenHashMap children = new Long2IntOpenHashMap();
  private final IntArrayList parents = new IntArrayList();
  private final IntArrayList leaves = new IntArrayList();
  private final IntArrayList depths = new IntArrayList();

  StackTree(ConversionMemory memory, PprofLimits limits) {
    this.memory = requireNonNull(memory, "memory");
    this.limits = requireNonNull(limits, "limits");
    children.defaultReturnValue(NONE);
    parents.add(NONE);
    leaves.add(NONE);
    depths.add(0);
  }

  /** The number of a frame. */
  int frame(PprofFrame frame) {
    Integer known = frameNumbers.get(frame);
    if (known != null) {
      return known;
    }

    int chars = frame.function().length() + frame.file().length();
    nameBytes += chars;
    if (nameBytes > limits.maxBytes()) {
      throw Malformed.tooLarge(limits.maxBytes());
    }

    memory.take(BYTES_PER_FRAME + 2L * chars);
    int number = frames.size();
    frames.add(frame);
    frameNumbers.put(frame, number);
    return number;
  }

  /** The stack that has one more frame at its leaf, or the same one where it is deep enough. */
  int child(int stack, int frame) {
    if (depths.getInt(stack) == limits.maxDepth()) {
      return stack;
    }

    long key = (long) stack << 32 | frame;
    int known = children.get(key);
    if (known != NONE) {
      return known;
    }

    memory.take(BYTES_PER_STACK);
    int number = parents.size();
    parents.add(stack);
    leaves.add(frame);
    depths.add(depths.getInt(stack) + 1);
    children.put(key, number);
    return number;
  }

  int child(int stack, String function) {
    return child(stack, frame(PprofFrame.of(function)));
  }

  /** The stack without its leaf; not for the root. */
  int parent(int stack) {
    return parents.getInt(stack);
  }

  /** The frame at the leaf; not for the root. */
  int leaf(int stack) {
    return leaves.getInt(stack);
  }

  int depth(int stack) {
    return depths.getInt(stack);
  }

  PprofFrame frameAt(int number) {
    return frames.get(number);
  }
}
