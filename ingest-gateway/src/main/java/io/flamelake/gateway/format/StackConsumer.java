/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.ConversionMemory;
import io.flamelake.gateway.convert.Malformed;

/** Takes the stacks and values of one upload as a reader finds them. */
final class StackConsumer {

  private final StackTree tree;
  private final StackSamples samples;
  private final ConversionMemory memory;
  private final long unit;

  /**
   * Makes a consumer.
   *
   * @param unit what one of the upload's values stands for
   */
  StackConsumer(StackTree tree, StackSamples samples, ConversionMemory memory, long unit) {
    this.tree = tree;
    this.samples = samples;
    this.memory = memory;
    this.unit = unit;
  }

  /** The stack that has one more function at its leaf. */
  int child(int stack, String function) {
    return tree.child(stack, function);
  }

  /** Adds to the value of a stack; a value of zero adds nothing. */
  void add(int stack, long value) {
    if (value == 0) {
      return;
    }

    long scaled;
    try {
      scaled = Math.multiplyExact(value, unit);
    } catch (ArithmeticException e) {
      throw Malformed.of("Value: " + value + " (expected: at most " + Long.MAX_VALUE / unit + ")");
    }

    samples.add(stack, 0, scaled);
  }

  /** Pays for what the reader itself is about to allocate. */
  void take(long bytes) {
    memory.take(bytes);
  }
}
