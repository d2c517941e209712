/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Makes tasks of a job in this process die where a test wants them to. An error, not an exception,
 * stands for the end of the task: nothing on its way may handle it.
 */
public final class Faults {

  private static final Map<Point, Integer> ARMED = new EnumMap<>(Point.class);
  private static final SplittableRandom RANDOM = new SplittableRandom(42);
  private static double probability;
  private static int died;

  private Faults() {}

  public static synchronized void reset() {
    ARMED.clear();
    probability = 0;
    died = 0;
  }

  /** Lets nobody die any more; the dead are still counted. */
  public static synchronized void disarm() {
    ARMED.clear();
    probability = 0;
  }

  /** Lets the next task die that passes the point. */
  public static synchronized void arm(Point point) {
    ARMED.merge(point, 1, Integer::sum);
  }

  public static synchronized void atRandom(double newProbability) {
    probability = newProbability;
  }

  public static synchronized int died() {
    return died;
  }

  public static synchronized void pass(Point point) {
    int armed = ARMED.getOrDefault(point, 0);
    if (armed > 0) {
      ARMED.put(point, armed - 1);
    }

    if (armed > 0 || RANDOM.nextDouble() < probability) {
      died++;
      throw new TaskDeath(point);
    }
  }

  /** Where a task may die. */
  public enum Point {
    DATA_FILE_WRITTEN,
    BEFORE_COMMIT,
    AFTER_COMMIT
  }

  private static final class TaskDeath extends Error {

    private static final long serialVersionUID = 1L;

    private TaskDeath(Point point) {
      super("Injected at " + point);
    }
  }
}
