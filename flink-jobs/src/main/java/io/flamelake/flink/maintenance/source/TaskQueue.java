/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.source;

import io.flamelake.flink.maintenance.MaintenanceTask;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that wait, by kind, and those that run, by reader. Kinds take turns, so that many tasks of
 * one do not keep the others waiting. Not thread-safe.
 */
final class TaskQueue {

  /** In the order of turns: the kind whose task was given out last comes last. */
  private final Map<String, List<MaintenanceTask>> waiting = new LinkedHashMap<>();

  private final Map<Integer, MaintenanceTask> running = new HashMap<>();

  /** Puts newly planned tasks in the place of those of the same kind that still wait. */
  void replace(String kind, List<? extends MaintenanceTask> tasks) {
    waiting.put(kind, new ArrayList<>(tasks));
  }

  /** Drops what waits; what runs goes on. */
  void clear() {
    waiting.clear();
  }

  /**
   * Gives the reader the next task whose subject nobody works on, and notes that it runs; null if
   * there is none.
   */
  @Nullable MaintenanceTask take(int reader) {
    for (String kind : List.copyOf(waiting.keySet())) {
      MaintenanceTask task = takeOf(kind);
      if (task != null) {
        List<MaintenanceTask> rest = waiting.remove(kind);
        if (rest != null && !rest.isEmpty()) {
          waiting.put(kind, rest);
        }

        running.put(reader, task);
        return task;
      }
    }

    return null;
  }

  private @Nullable MaintenanceTask takeOf(String kind) {
    Iterator<MaintenanceTask> tasks = waiting.getOrDefault(kind, List.of()).iterator();
    while (tasks.hasNext()) {
      MaintenanceTask task = tasks.next();
      if (!isRunning(task.subject())) {
        tasks.remove();
        return task;
      }
    }

    return null;
  }

  private boolean isRunning(String subject) {
    return running.values().stream().anyMatch(task -> task.subject().equals(subject));
  }

  /**
   * Notes that a reader's task has ended, however it did. One of the same kind and subject that
   * waits was planned before that, and is dropped: the next plan says whether it is still due.
   */
  void ended(int reader) {
    MaintenanceTask ended = running.remove(reader);
    List<MaintenanceTask> sameKind = ended == null ? null : waiting.get(ended.kind());
    if (ended != null && sameKind != null) {
      sameKind.removeIf(task -> task.subject().equals(ended.subject()));
    }
  }

  /** Whether nothing waits and nothing runs. */
  boolean isEmpty() {
    return running.isEmpty() && waiting.values().stream().allMatch(List::isEmpty);
  }
}
