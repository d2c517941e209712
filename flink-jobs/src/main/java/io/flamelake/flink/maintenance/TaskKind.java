/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance;

import java.time.Duration;
import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of tasks, in the order in which a run that ends goes through them: what is removed need
 * not be compacted, and what is compacted leaves files behind for the later ones.
 */
public enum TaskKind {
  DELETION("deletion", Duration.ofSeconds(15), "carries out requests to delete"),
  RETENTION("retention", Duration.ofMinutes(5), "removes rows that are past their time"),
  COMPACT("compact", Duration.ofSeconds(15), "packs open partitions, sorts closed ones"),
  ROLL_UP("roll-up", Duration.ofMinutes(1), "makes the call trees of closed hours and days"),
  EXPIRE("expire", Duration.ofMinutes(5), "drops old snapshots and the files only they used"),
  MANIFESTS("manifests", Duration.ofMinutes(10), "rewrites manifests that have become many"),
  ORPHANS("orphans", Duration.ofHours(1), "deletes files that no snapshot refers to"),
  SEGMENTS("segments", Duration.ofMinutes(5), "deletes segments and lanes that are in the tables");

  private static final String ALL = "all";

  private final String kindName;
  private final Duration defaultInterval;
  private final String description;

  TaskKind(String kindName, Duration defaultInterval, String description) {
    this.kindName = kindName;
    this.defaultInterval = defaultInterval;
    this.description = description;
  }

  /** Returns what {@link MaintenanceTask#kind} says. */
  public String kindName() {
    return kindName;
  }

  /** Returns the time between two looks for such tasks. */
  public Duration defaultInterval() {
    return defaultInterval;
  }

  /** Returns what its tasks do, in a few words. */
  public String description() {
    return description;
  }

  /** Returns the kind of a name, or null if there is none. */
  public static @Nullable TaskKind find(String kindName) {
    return Arrays.stream(values())
        .filter(kind -> kind.kindName.equals(kindName))
        .findFirst()
        .orElse(null);
  }

  /**
   * Reads a comma list of names; {@code all} is every one, a blank list is none.
   *
   * @throws IllegalArgumentException if there is no such kind
   */
  public static SortedSet<TaskKind> parseList(String list) {
    SortedSet<TaskKind> kinds = new TreeSet<>();
    for (String name : list.split(",", -1)) {
      String wanted = name.strip();
      TaskKind kind = find(wanted);
      if (kind != null) {
        kinds.add(kind);
      } else if (wanted.equals(ALL)) {
        kinds.addAll(Arrays.asList(values()));
      } else if (!list.isBlank()) {
        throw new IllegalArgumentException(
            "Task '" + wanted + "' (expected: a comma list of " + ALL + ", " + names() + ")");
      }
    }

    return kinds;
  }

  private static String names() {
    return Arrays.stream(values()).map(TaskKind::kindName).collect(Collectors.joining(", "));
  }
}
