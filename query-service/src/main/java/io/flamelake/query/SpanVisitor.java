/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import io.flamelake.query.SampleSelector.TraceId;

/**
 * Is shown spans of profiles, one after the other, each once, in no particular order. Calls come
 * from any thread, but only from one at a time, and everything a call did is seen by the next and
 * by whoever asked for the visit.
 */
@FunctionalInterface
public interface SpanVisitor {
  /**
   * @param profile the profile whose samples were taken inside of the span; a span that several
   *     profiles saw is shown for each of them
   * @param traceId {@link TraceId#NONE} where only the span is known
   * @param spanId not 0
   * @param value sum of the selected samples of profile and span, not 0
   */
  void visit(SelectedProfile profile, TraceId traceId, long spanId, long value);
}
