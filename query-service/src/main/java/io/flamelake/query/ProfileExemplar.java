/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static java.util.Objects.requireNonNull;

import io.flamelake.query.SampleSelector.TraceId;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A profile, or a span of one, that stands for all that a point or a cell counts.
 *
 * @param traceId {@link TraceId#NONE} for whole profiles and where only the span is known
 * @param spanId 0 for whole profiles
 * @param value sum of the selected samples
 */
public record ProfileExemplar(SelectedProfile profile, TraceId traceId, long spanId, long value) {
  /** More than anyone looks at, few enough for one answer. */
  static final int MAX_EXEMPLARS = 100_000;

  /** By the ids in the end, so that it does not matter which candidate comes first. */
  private static final Comparator<ProfileExemplar> BEST_LAST =
      Comparator.comparingLong(ProfileExemplar::value)
          .thenComparing(exemplar -> -exemplar.profile.timeMicros())
          .thenComparing(exemplar -> exemplar.profile.id())
          .thenComparing(exemplar -> exemplar.profile.labels().toString())
          .thenComparingLong(exemplar -> exemplar.traceId.high())
          .thenComparingLong(exemplar -> exemplar.traceId.low())
          .thenComparingLong(ProfileExemplar::spanId);

  public ProfileExemplar {
    requireNonNull(profile, "profile");
    requireNonNull(traceId, "traceId");
  }

  /** A whole profile. */
  static ProfileExemplar of(SelectedProfile profile, long value) {
    return new ProfileExemplar(profile, TraceId.NONE, 0, value);
  }

  /** The one of higher value; of two that are equal the older one. */
  static ProfileExemplar best(@Nullable ProfileExemplar first, ProfileExemplar second) {
    return first == null || BEST_LAST.compare(first, second) < 0 ? second : first;
  }
}
