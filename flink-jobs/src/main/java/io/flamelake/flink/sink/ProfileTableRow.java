/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import io.flamelake.model.LabelSet;
import io.flamelake.model.normalize.ProfileRow;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What table {@code profiles} stores of a profile: its row without the frames of its stacks. */
public record ProfileTableRow(
    String tenant,
    String profileType,
    String serviceName,
    long timeMicros,
    long durationNanos,
    long period,
    long seriesId,
    LabelSet labels,
    long totalValue,
    long[] stackIds,
    long[] values,
    long @Nullable [] spanIds,
    long @Nullable [] traceIds,
    UUID profileId) {

  public static ProfileTableRow of(ProfileRow row) {
    return new ProfileTableRow(
        row.tenant().value(),
        row.type().id(),
        row.serviceName(),
        row.timeMicros(),
        row.durationNanos(),
        row.period(),
        row.seriesId(),
        row.labels(),
        row.totalValue(),
        row.stackIds(),
        row.values(),
        row.spanIds(),
        row.traceIds(),
        row.profileId());
  }

  /** The same profile with its samples in other arrays. */
  ProfileTableRow withSamples(
      long[] newStackIds,
      long[] newValues,
      long @Nullable [] newSpanIds,
      long @Nullable [] newTraceIds) {
    return new ProfileTableRow(
        tenant,
        profileType,
        serviceName,
        timeMicros,
        durationNanos,
        period,
        seriesId,
        labels,
        totalValue,
        newStackIds,
        newValues,
        newSpanIds,
        newTraceIds,
        profileId);
  }
}
