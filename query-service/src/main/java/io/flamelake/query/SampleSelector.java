/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.normalize.ProfileRow;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * Conditions on single profiles and samples, beyond what labels say. An empty condition selects
 * everything; conditions that are given are ANDed.
 *
 * @param profileIds only profiles with one of these ids
 * @param spanIds only samples taken inside one of these spans
 * @param traceIds only samples taken inside one of these traces; each is 16 bytes, big-endian
 * @param stacks only samples whose stacks it selects
 */
public record SampleSelector(
    Set<UUID> profileIds, Set<Long> spanIds, Set<TraceId> traceIds, StackSelector stacks) {

  /** Selects every sample. */
  public static final SampleSelector ALL =
      new SampleSelector(Set.of(), Set.of(), Set.of(), StackSelector.ALL);

  /** The two halves of a 16-byte trace id, big-endian. */
  public record TraceId(long high, long low) {
    /** Stands for no trace. */
    public static final TraceId NONE = new TraceId(0, 0);
  }

  public SampleSelector {
    profileIds = Set.copyOf(profileIds);
    spanIds = Set.copyOf(new HashSet<>(spanIds));
    traceIds = Set.copyOf(traceIds);
    requireNonNull(stacks, "stacks");
  }

  /** Whether a profile's total is the sum of the samples that are selected of it. */
  public boolean selectsWholeProfiles() {
    return spanIds.isEmpty() && traceIds.isEmpty() && stacks.selectsAll();
  }

  /** Whether samples are selected by span or by trace. */
  public boolean selectsBySpan() {
    return !spanIds.isEmpty() || !traceIds.isEmpty();
  }

  /** Whether one sample's span and trace are selected; says nothing about its stack. */
  boolean selectsSpan(ProfileRow row, int sample) {
    long[] spans = row.spanIds();
    if (!spanIds.isEmpty() && (spans == null || !spanIds.contains(spans[sample]))) {
      return false;
    }

    long[] traces = row.traceIds();
    return traceIds.isEmpty()
        || (traces != null
            && traceIds.contains(new TraceId(traces[2 * sample], traces[2 * sample + 1])));
  }
}
