/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** A part of the system that a process can run. */
public enum Target {
  GATEWAY("takes profiles, answers when they are durable in the segment log"),
  INGESTER("runs the ingest job on an embedded Flink cluster: segment log to Iceberg tables"),
  QUERIER("answers queries from the tables and the tail of the segment log, serves the page"),
  MAINTENANCE("compacts, rolls up, expires and deletes, on an embedded Flink cluster"),
  CATALOG("serves the Iceberg catalog by REST to Trino, Spark and other Flamelake processes");

  private static final String ALL = "all";

  private final String description;

  Target(String description) {
    this.description = description;
  }

  /** What it does, in a few words. */
  public String description() {
    return description;
  }

  /** The name in {@code -target}. */
  public String targetName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads a comma list of names; {@code all} is every one.
   *
   * @throws IllegalArgumentException if a name is unknown or the list is empty
   */
  public static Set<Target> parseList(String text) {
    Set<Target> targets = EnumSet.noneOf(Target.class);
    for (String name : text.split(",", -1)) {
      String wanted = name.strip();
      if (wanted.equals(ALL)) {
        targets.addAll(EnumSet.allOf(Target.class));
      } else {
        targets.add(
            Arrays.stream(values())
                .filter(target -> target.targetName().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(expected())));
      }
    }

    return Collections.unmodifiableSet(targets);
  }

  private static String expected() {
    List<String> names = new ArrayList<>(List.of(ALL));
    Arrays.stream(values()).map(Target::targetName).forEach(names::add);
    return names.stream().collect(Collectors.joining(", ", "a comma list of ", ""));
  }
}
