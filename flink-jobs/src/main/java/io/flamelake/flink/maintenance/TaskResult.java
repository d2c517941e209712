/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a task did, as figures by name. Names that are not listed here are shown as they are.
 *
 * @param counts without those that are zero
 */
public record TaskResult(SortedMap<String, Long> counts) implements Serializable {

  public static final String FILES_IN = "files_in";
  public static final String FILES_OUT = "files_out";
  public static final String BYTES_IN = "bytes_in";
  public static final String BYTES_OUT = "bytes_out";

  /** Rows read from the files that are replaced, or made where nothing is replaced. */
  public static final String ROWS = "rows";

  /** Files or objects that are gone from the store. */
  public static final String DELETED_FILES = "deleted_files";

  public static final String DELETED_BYTES = "deleted_bytes";

  /** Units of work that were left, for instance because another commit came first. */
  public static final String SKIPPED = "skipped";

  public static final TaskResult NOTHING = new TaskResult(Map.of());

  private static final long serialVersionUID = 1L;

  public TaskResult {
    SortedMap<String, Long> counted = new TreeMap<>(counts);
    counted.values().removeIf(count -> count == 0);
    counts = Collections.unmodifiableSortedMap(counted);
  }

  public TaskResult(Map<String, Long> counts) {
    this(new TreeMap<>(counts));
  }

  /** Returns a figure; 0 if there is none of the name. */
  public long count(String name) {
    return counts.getOrDefault(name, 0L);
  }

  /** Returns the sums of both. */
  public TaskResult plus(TaskResult other) {
    Map<String, Long> sums = new TreeMap<>(counts);
    other.counts.forEach((name, count) -> sums.merge(name, count, Long::sum));
    return new TaskResult(sums);
  }

  /** Whether anything but skipping was done. */
  public boolean isEffective() {
    return counts.keySet().stream().anyMatch(name -> !name.equals(SKIPPED));
  }
}
