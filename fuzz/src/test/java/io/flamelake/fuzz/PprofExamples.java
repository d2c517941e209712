/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import io.flamelake.model.LabelSet;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.model.pprof.PprofFrame;
import java.util.List;

/** Profiles of a few bytes with something of everything. */
final class PprofExamples {

  private PprofExamples() {}

  static byte[] small() {
    PprofBuilder builder =
        new PprofBuilder()
            .addSampleType("samples", "count")
            .addSampleType("cpu", "nanoseconds")
            .defaultSampleType("cpu")
            .periodType("cpu", "nanoseconds")
            .period(10_000_000)
            .timeNanos(1_700_000_000_000_000_000L)
            .durationNanos(10_000_000_000L)
            .addComment("made");
    int unsymbolized = builder.unsymbolizedLocation("/bin/app", "b1", 0x1234);
    builder.addSample(new int[] {unsymbolized}, LabelSet.EMPTY, 1, 10);
    builder.addSample(
        List.of(new PprofFrame("leaf", "a.go", 3), PprofFrame.of("main[go.shape.int]")),
        LabelSet.of("span_id", "00000000000000ab", "thread", "t"),
        2,
        20);
    return builder.addSample(List.of("f", "main"), 3, 30).toByteArray();
  }
}
