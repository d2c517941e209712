/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.ConversionMemory;
import io.flamelake.gateway.convert.Malformed;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongArrayList;

/** Sums of values by stack and set of labels, in the order of their first use. */
final class StackSamples {

  private static final int NONE = -1;
  private static final int BYTES_PER_SAMPLE = 56;

  private final ConversionMemory memory;
  private final int valueCount;
  private final Long2IntOpenHashMap numbers = new Long2IntOpenHashMap();
  private final IntArrayList stacks = new IntArrayList();
  private final IntArrayList labelSets = new IntArrayList();
  private final LongArrayList values = new LongArrayList();

  StackSamples(ConversionMemory memory, int valueCount) {
    this.memory = memory;
    this.valueCount = valueCount;
    numbers.defaultReturnValue(NONE);
  }

  /**
   * Adds to the values of a stack.
   *
   * @param labelSet a number of the caller's choice
   * @param more one for each sample type
   */
  void add(int stack, int labelSet, long... more) {
    long key = (long) labelSet << 32 | stack;
    int number = numbers.get(key);
    if (number == NONE) {
      memory.take(BYTES_PER_SAMPLE + (long) Long.BYTES * valueCount);
      number = stacks.size();
      numbers.put(key, number);
      stacks.add(stack);
      labelSets.add(labelSet);
      values.size(values.size() + valueCount);
    }

    for (int i = 0; i < valueCount; i++) {
      int at = number * valueCount + i;
      values.set(at, sum(values.getLong(at), more[i]));
    }
  }

  int size() {
    return stacks.size();
  }

  int stack(int sample) {
    return stacks.getInt(sample);
  }

  int labelSet(int sample) {
    return labelSets.getInt(sample);
  }

  long value(int sample, int type) {
    return values.getLong(sample * valueCount + type);
  }

  int valueCount() {
    return valueCount;
  }

  private static long sum(long a, long b) {
    try {
      return Math.addExact(a, b);
    } catch (ArithmeticException e) {
      throw Malformed.of("Values of one stack: " + a + " + " + b + " exceeds 64 bits");
    }
  }
}
