/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import io.flamelake.model.LabelSet;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.proto.push.v1.RawProfileSeries;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A profile of known contents. It has two sample types, so it becomes two rows: CPU time, and a
 * count that is a millionth of it.
 *
 * @param labels without the service's name
 */
record FleetProfile(
    String tenant,
    String service,
    Map<String, String> labels,
    String id,
    Instant ts,
    List<FleetStack> stacks) {
  static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  static final String COUNT = "process_cpu:samples:count:cpu:nanoseconds";
  static final List<String> TYPES = List.of(COUNT, CPU);

  private static final String SPAN_ID = "00f067aa0ba902b7";

  FleetProfile {
    labels = Map.copyOf(labels);
    stacks = List.copyOf(stacks);
  }

  /** What a stack has of a sample type. */
  static long value(FleetStack stack, String type) {
    return type.equals(CPU) ? stack.cpuNanos() : stack.cpuNanos() / 1_000_000;
  }

  long total(String type) {
    return stacks.stream().mapToLong(stack -> value(stack, type)).sum();
  }

  /** The labels as they are stored. */
  Map<String, String> storedLabels() {
    Map<String, String> stored = new TreeMap<>(labels);
    stored.put("service_name", service);
    return stored;
  }

  RawProfileSeries toSeries() {
    return PushRequests.cpu(service, labels, PushRequests.sample(id, pprof()));
  }

  private byte[] pprof() {
    PprofBuilder pprof =
        new PprofBuilder()
            .addSampleType("samples", "count")
            .addSampleType("cpu", "nanoseconds")
            .periodType("cpu", "nanoseconds")
            .period(10_000_000)
            .timeNanos(TimeUnit.SECONDS.toNanos(ts.getEpochSecond()))
            .durationNanos(TimeUnit.SECONDS.toNanos(15));
    for (FleetStack stack : stacks) {
      int depth = stack.functions().size();
      int[] leafFirst = new int[depth];
      for (int i = 0; i < depth; i++) {
        String function = stack.functions().get(depth - 1 - i);
        leafFirst[i] =
            i == 0 && stack.address() != 0
                ? pprof.unsymbolizedLocation(
                    FleetStack.BINARY, FleetStack.BUILD_ID, stack.address())
                : pprof.location(function, function + ".src", 7);
      }

      pprof.addSample(leafFirst, spanLabels(stack), value(stack, COUNT), value(stack, CPU));
    }

    return pprof.toByteArray();
  }

  private static LabelSet spanLabels(FleetStack stack) {
    String traceId = stack.traceId();
    return traceId == null ? LabelSet.EMPTY : LabelSet.of("span_id", SPAN_ID, "trace_id", traceId);
  }
}
