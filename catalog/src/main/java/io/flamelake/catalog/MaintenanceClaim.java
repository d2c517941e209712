/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import static java.util.Objects.requireNonNull;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * Which maintenance run may commit to a table, as the table's own properties say.
 *
 * <p>Ids of runs are ULIDs, and the claim only ever passes to a later one. So a run that a claim
 * {@link #fences} can never commit to the table again, and files of its that no snapshot names are
 * nobody's. The claim stays when it is released, for that reason.
 *
 * @param run the latest run that committed to the table
 * @param activeAt when it last did, by its clock; null once it has released the claim
 */
public record MaintenanceClaim(String run, @Nullable Instant activeAt) {
  public static final String RUN_PROPERTY = "flamelake.maintenance.run";

  /** Absent once the claim is released. */
  public static final String ACTIVE_PROPERTY = "flamelake.maintenance.active-at";

  public MaintenanceClaim {
    requireNonNull(run, "run");
  }

  /** Reads the claim of the table's metadata as last refreshed; null if no run ever committed. */
  public static @Nullable MaintenanceClaim find(Table table) {
    return findIn(table.properties());
  }

  /** Reads the claim among a table's properties; null if no run ever committed. */
  public static @Nullable MaintenanceClaim findIn(Map<String, String> properties) {
    String run = properties.get(RUN_PROPERTY);
    if (run == null) {
      return null;
    }

    String activeAt = properties.get(ACTIVE_PROPERTY);
    return new MaintenanceClaim(run, activeAt == null ? null : parseInstant(activeAt));
  }

  /** Whether a run can never commit to the table again. */
  public boolean fences(String other) {
    int order = other.compareTo(run);
    return order < 0 || (order == 0 && isReleased());
  }

  public boolean isReleased() {
    return activeAt == null;
  }

  /**
   * Whether the run that holds the claim seems to be at work: it has not released the claim, and
   * its last commit is not longer ago than so long.
   */
  public boolean isActive(Instant now, Duration longestSilence) {
    return activeAt != null && activeAt.plus(longestSilence).isAfter(now);
  }

  /** Returns this claim as it is to be left behind by its run. */
  public MaintenanceClaim released() {
    return new MaintenanceClaim(run, null);
  }

  /** The claim as properties of a table; {@link #ACTIVE_PROPERTY} is to be removed if missing. */
  public Map<String, String> toProperties() {
    Map<String, String> properties = new TreeMap<>();
    properties.put(RUN_PROPERTY, run);
    if (activeAt != null) {
      properties.put(ACTIVE_PROPERTY, activeAt.toString());
    }

    return properties;
  }

  private static Instant parseInstant(String value) {
    try {
      return Instant.parse(value);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "Table property " + ACTIVE_PROPERTY + ": " + value + " (expected: an instant in UTC)", e);
    }
  }
}
