/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.normalize;

import io.flamelake.model.XxHash64;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The distinct canonical stacks of one pprof in ascending order of their ids, as primitive arrays.
 * Frames are root first, inlined lines are frames of their own, and an address without a function
 * is one frame named {@code binary!0x<address>}.
 *
 * <p>Function names become strings when asked for, since most stacks of a profile are known already
 * and nobody asks. Until {@link #detach} the pprof is kept for that. Not thread-safe before {@code
 * detach}; after it, all but {@link #checkHash} is.
 */
public final class StackTraces {

  private static final long CHECK_SEED = 0x6368_6563_6B21L;

  private final long[] ids;
  private final int[] starts;
  private final int[] depths;
  private final int[] frames;
  private final FrameTable table;
  private long @Nullable [] frameChecks;

  /**
   * @param frames frame numbers of {@code table}: stack {@code i} is the {@code depths[i]} ones
   *     from {@code starts[i]}
   */
  StackTraces(long[] ids, int[] starts, int[] depths, int[] frames, FrameTable table) {
    this.ids = ids;
    this.starts = starts;
    this.depths = depths;
    this.frames = frames;
    this.table = table;
  }

  public int size() {
    return ids.length;
  }

  public long id(int stack) {
    return ids[stack];
  }

  /** The stack with this id, or a negative number. */
  public int indexOf(long id) {
    return Arrays.binarySearch(ids, id);
  }

  public int depth(int stack) {
    return depths[stack];
  }

  /** Frame 0 is the root. */
  public String function(int stack, int frame) {
    return table.functionName(functionIndex(stack, frame));
  }

  /**
   * A number for the frame's function that is valid within this object, below {@link
   * #functionCount}. Two numbers may have the same name.
   */
  public int functionIndex(int stack, int frame) {
    return table.function(frame(stack, frame));
  }

  public int functionCount() {
    return table.functionCount();
  }

  public String functionName(int functionIndex) {
    return table.functionName(functionIndex);
  }

  /** Empty where unknown. */
  public String file(int stack, int frame) {
    return table.file(functionIndex(stack, frame));
  }

  /** 0 where unknown. */
  public int line(int stack, int frame) {
    return table.line(frame(stack, frame));
  }

  public boolean isSymbolized(int stack, int frame) {
    return table.isSymbolized(functionIndex(stack, frame));
  }

  public boolean isSymbolized(int stack) {
    for (int frame = 0; frame < depths[stack]; frame++) {
      if (!isSymbolized(stack, frame)) {
        return false;
      }
    }

    return true;
  }

  /** The binary's file name of an unsymbolized frame, perhaps empty; null for any other. */
  public @Nullable String mapping(int stack, int frame) {
    return table.mappingFile(functionIndex(stack, frame));
  }

  /** The binary's build id of an unsymbolized frame, perhaps empty; null for any other. */
  public @Nullable String buildId(int stack, int frame) {
    return table.buildId(functionIndex(stack, frame));
  }

  /** The address of an unsymbolized frame within its binary's file; 0 for any other. */
  public long address(int stack, int frame) {
    return table.address(functionIndex(stack, frame));
  }

  /**
   * A second hash of the stack's content that shares nothing with its id: two stacks with one id
   * and different check hashes are a collision.
   */
  public long checkHash(int stack) {
    long[] checks = frameChecks;
    if (checks == null) {
      checks = new long[table.frameCount()];
      frameChecks = checks;
    }

    long[] lanes = new long[depths[stack]];
    for (int i = 0; i < lanes.length; i++) {
      int frame = frame(stack, i);
      if (checks[frame] == 0) {
        checks[frame] = frameCheck(frame);
      }

      lanes[i] = checks[frame];
    }

    return XxHash64.hash(lanes, 0, lanes.length, CHECK_SEED);
  }

  /** Makes all strings and lets go of the pprof, for those who keep stacks for long. */
  public StackTraces detach() {
    return detach(UnaryOperator.identity());
  }

  /**
   * Like {@link #detach()}, with strings that are shared among many profiles.
   *
   * @param intern returns a string equal to its argument
   */
  public StackTraces detach(UnaryOperator<String> intern) {
    table.detach(intern);
    return this;
  }

  private int frame(int stack, int frame) {
    if (frame < 0 || frame >= depths[stack]) {
      throw new IndexOutOfBoundsException(
          "frame: " + frame + " (expected: 0 to " + (depths[stack] - 1) + ")");
    }

    return frames[starts[stack] + frame];
  }

  private long frameCheck(int frame) {
    int function = table.function(frame);
    String buildId = table.buildId(function);
    long[] lanes = {
      check(table.functionName(function)),
      check(table.file(function)),
      table.line(frame),
      buildId == null ? 0 : check(buildId)
    };
    return XxHash64.hash(lanes, 0, lanes.length, CHECK_SEED);
  }

  private static long check(String value) {
    return XxHash64.hash(value.getBytes(StandardCharsets.UTF_8), CHECK_SEED);
  }
}
