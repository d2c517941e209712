/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/**
 * Asks one question again and again while profiles of value 1 are written, and notes every answer
 * that lacks a profile acknowledged before the question or counts more than were sent before the
 * answer.
 */
final class BoundedReader implements Runnable {
  /** A server that is wrong once is wrong often. */
  private static final int MAX_FAULTS = 5;

  /** Leaves the cores to the server, also while it is away and every question fails at once. */
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final String name;
  private final LongSupplier question;
  private final UnitWriter writer;
  private final AtomicInteger disturbances;
  private final AtomicLong answers = new AtomicLong();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private volatile boolean stopped;

  /**
   * Makes a reader.
   *
   * @param disturbances odd while the server is away, when a question may fail
   */
  BoundedReader(
      String name,
      FlamelakeClient client,
      ToLongFunction<FlamelakeClient> question,
      UnitWriter writer,
      AtomicInteger disturbances) {
    this.name = name;
    this.question = () -> question.applyAsLong(client);
    this.writer = writer;
    this.disturbances = disturbances;
  }

  @Override
  public void run() {
    while (!stopped) {
      ask();
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private void ask() {
    int before = disturbances.get();
    long atLeast = writer.acknowledged();
    long total;
    try {
      total = question.getAsLong();
    } catch (UncheckedIOException | AssertionError e) {
      if (before % 2 == 0 && before == disturbances.get()) {
        note(name + " failed: " + e.getMessage());
      }

      return;
    }

    long atMost = writer.started();
    answers.incrementAndGet();
    if (total < atLeast || total > atMost) {
      note(name + ": " + total + " (expected: " + atLeast + " to " + atMost + ")");
    }
  }

  private void note(String fault) {
    if (faults.size() < MAX_FAULTS) {
      faults.add(fault);
    }
  }

  void stop() {
    stopped = true;
  }

  String name() {
    return name;
  }

  long answers() {
    return answers.get();
  }

  Queue<String> faults() {
    return faults;
  }
}
