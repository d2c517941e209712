/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import io.flamelake.catalog.LakeTables;
import io.flamelake.flink.sink.FlameLayout;
import java.time.Duration;
import org.apache.iceberg.Table;

/** What a roll-up table has one tree of. Periods are counted since the epoch. */
enum FlamePeriod {
  HOUR("hours", Duration.ofHours(1), FlameLayout.HOURLY),
  DAY("days", Duration.ofDays(1), FlameLayout.DAILY);

  static final int HOURS_PER_DAY = 24;

  private static final long MICROS_PER_SECOND = 1_000_000;

  private final String countName;
  private final long micros;
  private final FlameLayout layout;

  FlamePeriod(String countName, Duration length, FlameLayout layout) {
    this.countName = countName;
    this.micros = length.toSeconds() * MICROS_PER_SECOND;
    this.layout = layout;
  }

  static int dayOf(int hour) {
    return Math.floorDiv(hour, HOURS_PER_DAY);
  }

  /** Returns what a task's result counts them as. */
  String countName() {
    return countName;
  }

  FlameLayout layout() {
    return layout;
  }

  Table table(LakeTables tables) {
    return this == HOUR ? tables.flame1h() : tables.flame1d();
  }

  int ofTime(long timeMicros) {
    return Math.toIntExact(Math.floorDiv(timeMicros, micros));
  }

  long startMicros(int number) {
    return micros * number;
  }
}
