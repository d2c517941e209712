/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.symbols;

import io.flamelake.query.StackFrames;
import io.flamelake.query.StackSums;
import org.jspecify.annotations.Nullable;

/**
 * One row of table {@code stacks}. The arrays are parallel, root first, and owned by the record.
 *
 * @param mappings null if all frames are symbolized
 * @param buildIds null if all frames are symbolized
 * @param addresses null if all frames are symbolized
 */
public record TableStack(
    long id,
    String[] functions,
    int[] lines,
    String[] files,
    String @Nullable [] mappings,
    String @Nullable [] buildIds,
    long @Nullable [] addresses)
    implements StackFrames {

  /** Stands for all stacks that nobody knows. */
  static final TableStack UNKNOWN =
      new TableStack(
          0,
          new String[] {StackSums.UNKNOWN_STACK},
          new int[1],
          new String[] {""},
          null,
          null,
          null);

  @Override
  public int depth() {
    return functions.length;
  }

  @Override
  public String function(int frame) {
    return functions[frame];
  }

  @Override
  public int line(int frame) {
    return lines[frame];
  }

  @Override
  public String file(int frame) {
    return files[frame];
  }

  @Override
  public @Nullable String mapping(int frame) {
    return isSymbolized(frame) || mappings == null ? null : mappings[frame];
  }

  @Override
  public @Nullable String buildId(int frame) {
    return isSymbolized(frame) || buildIds == null ? null : buildIds[frame];
  }

  @Override
  public long address(int frame) {
    return addresses == null ? 0 : addresses[frame];
  }

  private boolean isSymbolized(int frame) {
    return address(frame) == 0;
  }
}
