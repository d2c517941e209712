/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFile.PartitionFieldSummary;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * The hours or days that the partitions of some manifests span. All tables are partitioned by
 * tenant, then by hour or day.
 */
final class PartitionSpan {

  private static final int PERIOD_FIELD = 1;

  private int first = Integer.MAX_VALUE;
  private int last = Integer.MIN_VALUE;
  private boolean isUnbounded;

  void add(ManifestFile manifest) {
    PartitionFieldSummary summary = findPeriod(manifest);
    Integer lower = summary == null ? null : decode(summary.lowerBound());
    Integer upper = summary == null ? null : decode(summary.upperBound());
    if (lower == null || upper == null) {
      isUnbounded = true;
      return;
    }

    first = Math.min(first, lower);
    last = Math.max(last, upper);
  }

  boolean mayOverlap(ManifestFile manifest) {
    PartitionSpan other = new PartitionSpan();
    other.add(manifest);
    return isUnbounded || other.isUnbounded || (other.first <= last && first <= other.last);
  }

  /** Returns the number of the part that a period falls into, of as many equal ones. */
  int partOf(int period, int parts) {
    if (isUnbounded || first >= last) {
      return 0;
    }

    long clamped = Math.min(Math.max(period, first), last);
    return (int) ((clamped - first) * parts / ((long) last - first + 1));
  }

  private static @Nullable PartitionFieldSummary findPeriod(ManifestFile manifest) {
    List<PartitionFieldSummary> summaries = manifest.partitions();
    return summaries == null || summaries.size() <= PERIOD_FIELD
        ? null
        : summaries.get(PERIOD_FIELD);
  }

  private static @Nullable Integer decode(@Nullable ByteBuffer bound) {
    return bound == null ? null : Conversions.fromByteBuffer(Types.IntegerType.get(), bound);
  }
}
