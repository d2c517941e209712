/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What decoding one small input may cost, and what a refusal must look like. */
final class Bounds {

  /**
   * Sixteen times the largest pprof that an upload may become; inputs have 16 KiB at most. What it
   * finds is a length of the input that is believed, not a careless copy.
   */
  private static final long MAX_ALLOCATED_BYTES = 64L << 20;

  /** Twice the largest input: a reason may repeat it, but not again and again. */
  private static final int MAX_MESSAGE_LENGTH = 8 << 10;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Bounds() {}

  /**
   * Decodes on this thread.
   *
   * @param refusal the only exception that is allowed
   * @return null if the input was refused
   */
  static <T> @Nullable T decode(Class<? extends RuntimeException> refusal, Supplier<T> decoder) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    T decoded = tryDecode(refusal, decoder);
    if (THREADS.getCurrentThreadAllocatedBytes() - before > MAX_ALLOCATED_BYTES) {
      checkAllocation(refusal, decoder);
    }

    return decoded;
  }

  /** Fails with a message, formatted only then. */
  static void check(boolean condition, String message, @Nullable Object... arguments) {
    if (!condition) {
      throw new AssertionError(message.formatted(arguments));
    }
  }

  /** Fails with a message where there is nothing. */
  static <T> T present(@Nullable T value, String message) {
    if (value == null) {
      throw new AssertionError(message);
    }

    return value;
  }

  private static <T> @Nullable T tryDecode(
      Class<? extends RuntimeException> refusal, Supplier<T> decoder) {
    try {
      return decoder.get();
    } catch (RuntimeException e) {
      if (!refusal.isInstance(e)) {
        throw e;
      }

      checkMessage(e);
      return null;
    }
  }

  /** The first time, most of it is Jazzer's for the classes that are loaded on the way. */
  private static void checkAllocation(
      Class<? extends RuntimeException> refusal, Supplier<?> decoder) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    tryDecode(refusal, decoder);
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    check(allocated <= MAX_ALLOCATED_BYTES, "Allocated %d bytes", allocated);
  }

  private static void checkMessage(RuntimeException refusal) {
    String message = present(refusal.getMessage(), "A refusal without a reason");
    check(!message.isBlank(), "A refusal with a blank reason: %s", refusal);
    check(
        message.length() <= MAX_MESSAGE_LENGTH,
        "A reason of %d characters: %s",
        message.length(),
        message);
  }
}
