/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static java.util.Objects.requireNonNull;

import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/**
 * Applies a {@link StackSelector} to stacks whose functions are numbered, looking at the name of
 * each function once: there are far fewer functions than frames. Not thread-safe.
 */
public final class StackMatcher {
  private static final byte UNKNOWN = 0;
  private static final byte NEUTRAL = 1;
  private static final byte INCLUDED = 2;
  private static final byte EXCLUDED = 3;

  private final StackSelector selector;
  private final IntFunction<String> functions;
  private final byte[] effects;

  /**
   * @param functionCount function numbers are below
   * @param functions the name of each number; two numbers may have the same
   */
  public StackMatcher(StackSelector selector, int functionCount, IntFunction<String> functions) {
    this.selector = requireNonNull(selector, "selector");
    this.functions = requireNonNull(functions, "functions");
    this.effects = new byte[selector.frames().isEmpty() ? 0 : functionCount];
  }

  /**
   * Whether a stack is selected.
   *
   * @param functionAt the function number of each frame, root first
   */
  public boolean selects(int depth, IntUnaryOperator functionAt) {
    return beginsAtCallSite(depth, functionAt) && passesFilter(depth, functionAt);
  }

  private boolean beginsAtCallSite(int depth, IntUnaryOperator functionAt) {
    if (depth < selector.callSite().size()) {
      return false;
    }

    for (int frame = 0; frame < selector.callSite().size(); frame++) {
      String function = functions.apply(functionAt.applyAsInt(frame));
      if (!selector.callSite().get(frame).equals(function)) {
        return false;
      }
    }

    return true;
  }

  private boolean passesFilter(int depth, IntUnaryOperator functionAt) {
    if (selector.frames().isEmpty()) {
      return true;
    }

    boolean isIncluded = !selector.frames().needsInclude();
    for (int frame = 0; frame < depth; frame++) {
      byte effect = effect(functionAt.applyAsInt(frame));
      if (effect == EXCLUDED) {
        return false;
      }

      isIncluded |= effect == INCLUDED;
    }

    return isIncluded;
  }

  private byte effect(int function) {
    if (effects[function] == UNKNOWN) {
      String name = functions.apply(function);
      if (selector.frames().excludes(name)) {
        effects[function] = EXCLUDED;
      } else {
        effects[function] = selector.frames().includes(name) ? INCLUDED : NEUTRAL;
      }
    }

    return effects[function];
  }
}
