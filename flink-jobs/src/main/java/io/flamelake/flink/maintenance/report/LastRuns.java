/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.report;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The reports of a job in this process, over its restarts: what was counted before goes on.
 * Thread-safe.
 */
public final class LastRuns {

  private final Map<String, KindReport> current = new HashMap<>();
  private final SortedMap<String, LastRun> earlier = new TreeMap<>();

  /** Adds the report of a job that has just started, in place of that of the one before. */
  public synchronized void add(KindReport report) {
    String kind = report.lastRun().kind();
    KindReport replaced = current.put(kind, report);
    if (replaced != null && replaced != report) {
      earlier.merge(kind, replaced.lastRun(), (old, newer) -> newer.after(old));
    }
  }

  /** Returns what is known of a kind. */
  public synchronized LastRun of(String kind) {
    LastRun before = earlier.getOrDefault(kind, LastRun.never(kind));
    KindReport report = current.get(kind);
    return report == null ? before : report.lastRun().after(before);
  }

  /** Returns what is known of every kind that a job reported, by name. */
  public synchronized SortedMap<String, LastRun> byKind() {
    SortedMap<String, LastRun> runs = new TreeMap<>();
    current.keySet().forEach(kind -> runs.put(kind, of(kind)));
    return Collections.unmodifiableSortedMap(runs);
  }
}
