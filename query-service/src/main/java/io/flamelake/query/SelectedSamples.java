/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.model.normalize.StackTraces;
import io.flamelake.query.SampleSelector.TraceId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The samples that a query selects of one row in memory. */
public final class SelectedSamples {
  private final ProfileRow row;
  private final ProfileQuery query;
  private final @Nullable StackMatcher stacks;

  /** Is shown one selected sample by its position in the row's arrays. */
  @FunctionalInterface
  interface Visitor {
    void visit(int sample);
  }

  private record SpanKey(TraceId traceId, long spanId) {}

  /**
   * @param row its profile is selected ({@link ProfileQuery#matches(ProfileRow)})
   */
  public SelectedSamples(ProfileRow row, ProfileQuery query) {
    this.row = row;
    this.query = query;
    StackTraces traces = row.stacks();
    StackSelector selector = query.samples().stacks();
    this.stacks =
        selector.selectsAll()
            ? null
            : new StackMatcher(selector, traces.functionCount(), traces::functionName);
  }

  void forEach(Visitor visitor) {
    boolean selectsBySpan = query.samples().selectsBySpan();
    long[] stackIds = row.stackIds();
    for (int sample = 0; sample < stackIds.length; sample++) {
      if ((!selectsBySpan || query.samples().selectsSpan(row, sample))
          && selectsStack(stackIds[sample])) {
        visitor.visit(sample);
      }
    }
  }

  private boolean selectsStack(long stackId) {
    if (stacks == null) {
      return true;
    }

    StackTraces traces = row.stacks();
    int stack = traces.indexOf(stackId);
    return stack >= 0
        && stacks.selects(traces.depth(stack), frame -> traces.functionIndex(stack, frame));
  }

  /** Shows the profile, unless none of its samples is selected. */
  public void visitProfile(ProfileVisitor visitor) {
    long value = 0;
    if (query.samples().selectsWholeProfiles()) {
      value = row.totalValue();
    } else {
      long[] sum = new long[1];
      forEach(sample -> sum[0] += row.values()[sample]);
      value = sum[0];
    }

    if (value != 0) {
      visitor.visit(profile(), value);
    }
  }

  /** Shows the spans of the selected samples. */
  public void visitSpans(SpanVisitor visitor) {
    long[] spans = row.spanIds();
    if (spans == null) {
      return;
    }

    Map<SpanKey, Long> sums = new LinkedHashMap<>();
    forEach(
        sample -> {
          if (spans[sample] != 0) {
            sums.merge(
                new SpanKey(traceId(sample), spans[sample]), row.values()[sample], Long::sum);
          }
        });
    SelectedProfile profile = profile();
    sums.forEach((span, value) -> visitor.visit(profile, span.traceId, span.spanId, value));
  }

  private TraceId traceId(int sample) {
    long[] traces = row.traceIds();
    return traces == null ? TraceId.NONE : new TraceId(traces[2 * sample], traces[2 * sample + 1]);
  }

  private SelectedProfile profile() {
    return new SelectedProfile(row.profileId(), row.timeMicros(), row.labels());
  }
}
