/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.model.normalize.StackTraces;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Conditions on single profiles and samples, beyond what labels say. An empty condition selects
 * everything; conditions that are given are ANDed.
 *
 * @param profileIds only profiles with one of these ids
 * @param spanIds only samples taken inside one of these spans
 * @param traceIds only samples taken inside one of these traces; each is 16 bytes, big-endian
 * @param callSite only stacks that begin, at the root, with exactly these function names
 */
public record SampleSelector(
    Set<UUID> profileIds, Set<Long> spanIds, Set<TraceId> traceIds, List<String> callSite) {

  /** Selects every sample. */
  public static final SampleSelector ALL =
      new SampleSelector(Set.of(), Set.of(), Set.of(), List.of());

  /** The two halves of a 16-byte trace id, big-endian. */
  public record TraceId(long high, long low) {}

  public SampleSelector {
    profileIds = Set.copyOf(profileIds);
    spanIds = Set.copyOf(new HashSet<>(spanIds));
    traceIds = Set.copyOf(traceIds);
    callSite = List.copyOf(callSite);
  }

  /** Whether a profile's total is the sum of the samples that are selected of it. */
  public boolean selectsWholeProfiles() {
    return spanIds.isEmpty() && traceIds.isEmpty() && callSite.isEmpty();
  }

  /** Whether samples are selected by span or by trace. */
  public boolean selectsBySpan() {
    return !spanIds.isEmpty() || !traceIds.isEmpty();
  }

  /** Whether one sample of a row is selected; says nothing about the row's profile. */
  boolean selects(ProfileRow row, int sample) {
    long[] spans = row.spanIds();
    if (!spanIds.isEmpty() && (spans == null || !spanIds.contains(spans[sample]))) {
      return false;
    }

    long[] traces = row.traceIds();
    if (!traceIds.isEmpty()
        && (traces == null
            || !traceIds.contains(new TraceId(traces[2 * sample], traces[2 * sample + 1])))) {
      return false;
    }

    return callSite.isEmpty() || startsAtCallSite(row.stacks(), row.stackIds()[sample]);
  }

  private boolean startsAtCallSite(StackTraces stacks, long stackId) {
    int stack = stacks.indexOf(stackId);
    if (stack < 0 || stacks.depth(stack) < callSite.size()) {
      return false;
    }

    for (int frame = 0; frame < callSite.size(); frame++) {
      if (!callSite.get(frame).equals(stacks.function(stack, frame))) {
        return false;
      }
    }

    return true;
  }
}
