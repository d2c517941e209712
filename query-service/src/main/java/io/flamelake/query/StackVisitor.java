/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

/** Is shown resolved stacks, one after the other. */
@FunctionalInterface
public interface StackVisitor {
  /**
   * @param frames valid during this call only
   * @param value sum of the stack's samples, above 0
   */
  void visit(StackFrames frames, long value);
}
