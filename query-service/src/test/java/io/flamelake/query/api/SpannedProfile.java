/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.model.pprof.PprofFrame;
import io.flamelake.query.QueryServer;
import io.flamelake.segment.SegmentRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;

/** A profile whose samples were taken in spans of traces, to compute expected answers from. */
record SpannedProfile(
    TenantId tenant, UUID id, LabelSet labels, long timeMillis, List<Sample> samples) {

  /** A sample, root first; span 0: none. */
  record Sample(List<String> stack, long value, long span) {
    /** Every span is of one trace. */
    String traceHex() {
      return HexFormat.of().toHexDigits(77L) + HexFormat.of().toHexDigits(span / 2);
    }

    String spanHex() {
      return HexFormat.of().toHexDigits(span);
    }
  }

  static SpannedProfile random(Random random, TenantId tenant, LabelSet labels, long timeMillis) {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      List<String> stack = new ArrayList<>();
      for (int depth = 1 + random.nextInt(4); depth > 0; depth--) {
        stack.add("f" + random.nextInt(6));
      }

      samples.add(new Sample(stack, 1 + random.nextInt(100), random.nextInt(5)));
    }

    return new SpannedProfile(
        tenant, new UUID(random.nextLong(), random.nextLong()), labels, timeMillis, samples);
  }

  SegmentRecord toRecord() {
    PprofBuilder pprof =
        new PprofBuilder()
            .addSampleType("cpu", "nanoseconds")
            .periodType("cpu", "nanoseconds")
            .timeNanos(timeMillis * 1_000_000);
    for (Sample sample : samples) {
      List<PprofFrame> leafFirst = new ArrayList<>();
      sample.stack.forEach(function -> leafFirst.add(PprofFrame.of(function)));
      Collections.reverse(leafFirst);
      LabelSet spanLabels =
          sample.span == 0
              ? LabelSet.EMPTY
              : LabelSet.of("span_id", sample.spanHex(), "trace_id", sample.traceHex());
      pprof.addSample(leafFirst, spanLabels, sample.value);
    }

    return QueryServer.record(
        labels.with("__name__", "process_cpu"), pprof.toProto().toByteArray(), id);
  }

  long total() {
    return samples.stream().mapToLong(Sample::value).sum();
  }

  /** Value by span. */
  Map<Long, Long> spans() {
    Map<Long, Long> sums = new TreeMap<>();
    for (Sample sample : samples) {
      if (sample.span != 0) {
        sums.merge(sample.span, sample.value, Long::sum);
      }
    }

    return sums;
  }

  /** Value by path, root first and joined by semicolons. */
  static Map<String, Long> sum(
      List<SpannedProfile> profiles,
      Predicate<SpannedProfile> profileFilter,
      Predicate<Sample> sampleFilter) {
    Map<String, Long> sums = new TreeMap<>();
    for (SpannedProfile profile : profiles) {
      for (Sample sample : profile.samples) {
        if (profileFilter.test(profile) && sampleFilter.test(sample)) {
          sums.merge(String.join(";", sample.stack), sample.value, Long::sum);
        }
      }
    }

    return sums;
  }
}
