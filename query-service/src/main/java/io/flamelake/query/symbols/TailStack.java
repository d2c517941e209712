/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.symbols;

import io.flamelake.model.normalize.StackTraces;
import io.flamelake.query.StackFrames;
import org.jspecify.annotations.Nullable;

/** A stack of a row that may not be committed yet. */
record TailStack(StackTraces traces, int stack) implements StackFrames {
  @Override
  public int depth() {
    return traces.depth(stack);
  }

  @Override
  public String function(int frame) {
    return traces.function(stack, frame);
  }

  @Override
  public int line(int frame) {
    return traces.line(stack, frame);
  }

  @Override
  public String file(int frame) {
    return traces.file(stack, frame);
  }

  @Override
  public @Nullable String mapping(int frame) {
    return traces.mapping(stack, frame);
  }

  @Override
  public @Nullable String buildId(int frame) {
    return traces.buildId(stack, frame);
  }

  @Override
  public long address(int frame) {
    return traces.address(stack, frame);
  }
}
