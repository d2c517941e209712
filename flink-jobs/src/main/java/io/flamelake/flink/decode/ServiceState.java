/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.decode;

import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the decoder remembers of one service of one tenant. Mutable; Flink copies it before a change
 * while a snapshot is being written.
 *
 * <p>Rows that may come again are kept by generation, the window of time that their receipt falls
 * into: a row is looked for in its own generation and the two beside it, and whole generations are
 * dropped.
 */
final class ServiceState {

  private final SortedMap<Integer, DayIds> days;
  private final SortedMap<Long, Long2LongOpenHashMap> rowsByGeneration;

  ServiceState() {
    this(new TreeMap<>(), new TreeMap<>());
  }

  ServiceState(
      SortedMap<Integer, DayIds> days, SortedMap<Long, Long2LongOpenHashMap> rowsByGeneration) {
    this.days = days;
    this.rowsByGeneration = rowsByGeneration;
  }

  /** Returns what is known of a day that a row came for. */
  DayIds day(int day) {
    DayIds ids = days.computeIfAbsent(day, any -> new DayIds());
    ids.markInUse();
    return ids;
  }

  /**
   * Remembers a row.
   *
   * @param row hash of its identity within the service
   * @param place hash of where it is in the segment log
   * @return false if the row is known from another place
   */
  boolean addRow(long generation, long row, long place) {
    for (long near = generation - 1; near <= generation + 1; near++) {
      Long2LongOpenHashMap rows = rowsByGeneration.get(near);
      if (rows != null && rows.containsKey(row)) {
        return rows.get(row) == place;
      }
    }

    rowsByGeneration.computeIfAbsent(generation, any -> new Long2LongOpenHashMap()).put(row, place);
    return true;
  }

  /**
   * Forgets the days and generations before these, and days that no row came for since the last
   * call.
   */
  void dropBefore(int day, long generation) {
    days.headMap(day).clear();
    days.values().removeIf(ids -> !ids.takeInUse());
    rowsByGeneration.headMap(generation).clear();
  }

  boolean isEmpty() {
    return days.isEmpty() && rowsByGeneration.isEmpty();
  }

  SortedMap<Integer, DayIds> days() {
    return days;
  }

  SortedMap<Long, Long2LongOpenHashMap> rowsByGeneration() {
    return rowsByGeneration;
  }

  ServiceState copy() {
    ServiceState copy = new ServiceState();
    days.forEach((day, ids) -> copy.days.put(day, ids.copy()));
    rowsByGeneration.forEach(
        (generation, rows) -> copy.rowsByGeneration.put(generation, rows.clone()));
    return copy;
  }
}
