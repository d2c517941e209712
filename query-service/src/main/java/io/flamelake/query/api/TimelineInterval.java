/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

/** Chooses the distance of a timeline's points so that a range of any length has a few hundred. */
final class TimelineInterval {
  private static final long MAX_POINTS = 1_500;

  /** Lengths that people read easily, in seconds; the first is the shortest there is. */
  private static final long[] STEPS_SECONDS = {
    15,
    20,
    30,
    60,
    120,
    300,
    600,
    900,
    1_200,
    1_800,
    3_600,
    7_200,
    10_800,
    21_600,
    43_200,
    86_400,
    604_800,
    2_592_000,
    31_536_000
  };

  private TimelineInterval() {}

  /** The shortest step that needs no more than 1,500 points, in seconds. */
  static long ofRange(RequestRange range) {
    long lengthMillis = Math.max(0, range.endMillis() - range.startMillis());
    for (long step : STEPS_SECONDS) {
      if (step * 1_000 * MAX_POINTS >= lengthMillis) {
        return step;
      }
    }

    return STEPS_SECONDS[STEPS_SECONDS.length - 1];
  }
}
