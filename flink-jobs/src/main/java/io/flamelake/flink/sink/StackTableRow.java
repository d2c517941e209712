/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import io.flamelake.model.normalize.StackTraces;
import org.jspecify.annotations.Nullable;

/**
 * A row of table {@code stacks}; frames are root first.
 *
 * @param day since the epoch, UTC
 * @param unsymbolized where the frames that have no function are, null if there is none
 */
public record StackTableRow(
    String tenant,
    int day,
    String serviceName,
    long stackId,
    String[] functions,
    int[] lines,
    String[] files,
    @Nullable Unsymbolized unsymbolized) {

  /** Takes one stack out of a profile's. */
  public static StackTableRow of(
      String tenant, int day, String serviceName, StackTraces stacks, int stack) {
    int depth = stacks.depth(stack);
    String[] functions = new String[depth];
    int[] lines = new int[depth];
    String[] files = new String[depth];
    for (int frame = 0; frame < depth; frame++) {
      functions[frame] = stacks.function(stack, frame);
      lines[frame] = stacks.line(stack, frame);
      files[frame] = stacks.file(stack, frame);
    }

    Unsymbolized unsymbolized =
        stacks.isSymbolized(stack) ? null : Unsymbolized.of(stacks, stack, depth);
    return new StackTableRow(
        tenant, day, serviceName, stacks.id(stack), functions, lines, files, unsymbolized);
  }

  /** Parallel to the frames; empty and 0 for those that have a function. */
  public record Unsymbolized(String[] mappings, String[] buildIds, long[] addresses) {

    private static Unsymbolized of(StackTraces stacks, int stack, int depth) {
      String[] mappings = new String[depth];
      String[] buildIds = new String[depth];
      long[] addresses = new long[depth];
      for (int frame = 0; frame < depth; frame++) {
        mappings[frame] = orEmpty(stacks.mapping(stack, frame));
        buildIds[frame] = orEmpty(stacks.buildId(stack, frame));
        addresses[frame] = stacks.address(stack, frame);
      }

      return new Unsymbolized(mappings, buildIds, addresses);
    }

    private static String orEmpty(@Nullable String value) {
      return value == null ? "" : value;
    }
  }
}
