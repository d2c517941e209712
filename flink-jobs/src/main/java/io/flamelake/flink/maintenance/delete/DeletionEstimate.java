/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a deletion would remove, of what is in the tables now.
 *
 * @param rows of table {@code profiles}
 * @param bytes about what they take there, by their share in the rows of their files
 * @param hours with such rows
 * @param services what it is by service
 * @param uncommittedSegments of the segment log that are not in the tables yet, and so not counted
 */
public record DeletionEstimate(
    long rows,
    long bytes,
    int hours,
    SortedMap<String, OfService> services,
    long uncommittedSegments) {

  public DeletionEstimate {
    services = Collections.unmodifiableSortedMap(new TreeMap<>(services));
  }

  /**
   * Of one service.
   *
   * @param profiles that were pushed: one has a row for each of its sample types
   */
  public record OfService(long rows, long profiles) {}
}
