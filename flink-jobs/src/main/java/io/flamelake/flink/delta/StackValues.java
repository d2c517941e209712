/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.delta;

import io.flamelake.model.normalize.ProfileRow;
import java.util.Arrays;

/**
 * Values by stack. Immutable; the arrays may be a row's own.
 *
 * @param ids ascending, each once
 * @param values parallel to {@code ids}, all positive
 */
record StackValues(long[] ids, long[] values) {

  static final StackValues NONE = new StackValues(new long[0], new long[0]);

  /** The values of a row. Of samples that differ only in their span or trace it makes one. */
  static StackValues of(ProfileRow row) {
    if (row.spanIds() == null && row.traceIds() == null) {
      return new StackValues(row.stackIds(), row.values());
    }

    long[] ids = new long[row.stackIds().length];
    long[] values = new long[ids.length];
    int size = 0;
    for (int i = 0; i < ids.length; i++) {
      if (size > 0 && ids[size - 1] == row.stackIds()[i]) {
        values[size - 1] = sum(values[size - 1], row.values()[i]);
      } else {
        ids[size] = row.stackIds()[i];
        values[size++] = row.values()[i];
      }
    }

    return new StackValues(Arrays.copyOf(ids, size), Arrays.copyOf(values, size));
  }

  boolean isEmpty() {
    return ids.length == 0;
  }

  long total() {
    long total = 0;
    for (long value : values) {
      total = sum(total, value);
    }

    return total;
  }

  /** Whether every stack of the other is here, with a value that is not smaller. */
  boolean covers(StackValues other) {
    int i = 0;
    for (int j = 0; j < other.ids.length; j++) {
      while (i < ids.length && ids[i] < other.ids[j]) {
        i++;
      }

      if (i == ids.length || ids[i] != other.ids[j] || values[i] < other.values[j]) {
        return false;
      }
    }

    return true;
  }

  /** What is here beyond the other, stack by stack; a stack that has less has nothing. */
  StackValues minus(StackValues other) {
    long[] restIds = new long[ids.length];
    long[] rest = new long[ids.length];
    int size = 0;
    int j = 0;
    for (int i = 0; i < ids.length; i++) {
      while (j < other.ids.length && other.ids[j] < ids[i]) {
        j++;
      }

      boolean isInOther = j < other.ids.length && other.ids[j] == ids[i];
      long value = isInOther ? values[i] - other.values[j] : values[i];
      if (value > 0) {
        restIds[size] = ids[i];
        rest[size++] = value;
      }
    }

    return new StackValues(Arrays.copyOf(restIds, size), Arrays.copyOf(rest, size));
  }

  /** The larger value of each stack. Returns this where it {@link #covers} the other. */
  StackValues max(StackValues other) {
    if (covers(other)) {
      return this;
    }

    long[] maxIds = new long[ids.length + other.ids.length];
    long[] max = new long[maxIds.length];
    int size = 0;
    int i = 0;
    int j = 0;
    while (i < ids.length || j < other.ids.length) {
      boolean isHere = j == other.ids.length || i < ids.length && ids[i] <= other.ids[j];
      boolean isThere = i == ids.length || j < other.ids.length && other.ids[j] <= ids[i];
      maxIds[size] = isHere ? ids[i] : other.ids[j];
      max[size++] = Math.max(isHere ? values[i] : 0, isThere ? other.values[j] : 0);
      i += isHere ? 1 : 0;
      j += isThere ? 1 : 0;
    }

    return new StackValues(Arrays.copyOf(maxIds, size), Arrays.copyOf(max, size));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StackValues that
        && Arrays.equals(ids, that.ids)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(ids) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return Arrays.toString(ids) + "=" + Arrays.toString(values);
  }

  /** Adds two positive values; a sum that does not fit stays at the maximum, as in rows. */
  private static long sum(long left, long right) {
    long sum = left + right;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }
}
