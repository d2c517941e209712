/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import io.flamelake.catalog.PartitionVersion;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of one period cover: one version, unless something else than maintenance wrote
 * them.
 */
final class Coverage {

  private final Set<PartitionVersion> versions = new HashSet<>();
  private long madeBy;

  private Coverage() {}

  static SortedMap<Integer, Coverage> byPeriod(List<FlameFile> files) {
    SortedMap<Integer, Coverage> periods = new TreeMap<>();
    for (FlameFile file : files) {
      Long sequence = file.file().dataSequenceNumber();
      file.covered()
          .forEach(
              (period, version) -> {
                Coverage coverage = periods.computeIfAbsent(period, any -> new Coverage());
                coverage.versions.add(version);
                coverage.madeBy = Math.max(coverage.madeBy, sequence == null ? 0 : sequence);
              });
    }

    return periods;
  }

  /** Whether a period's rows are those of a version: none, if there are no profiles. */
  static boolean isUpToDate(@Nullable Coverage coverage, PartitionVersion version) {
    return version.rows() == 0 ? coverage == null : coverage != null && coverage.isOf(version);
  }

  /** Whether there are rows of exactly these periods, in these versions. */
  static boolean isExactly(SortedMap<Integer, PartitionVersion> versions, List<FlameFile> files) {
    SortedMap<Integer, Coverage> periods = byPeriod(files);
    return periods.keySet().equals(versions.keySet())
        && versions.entrySet().stream()
            .allMatch(version -> isUpToDate(periods.get(version.getKey()), version.getValue()));
  }

  private boolean isOf(PartitionVersion version) {
    return versions.equals(Set.of(version));
  }

  /** Returns the sequence number of the commit that the newest rows came, or were moved, with. */
  long madeBy() {
    return madeBy;
  }
}
