/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import io.flamelake.flink.GoProcess.GoProfile;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.segment.SegmentRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Makes profiles whose rows are known without the code under test. */
final class TestProfiles {

  static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  static final String SAMPLES = "process_cpu:samples:count:cpu:nanoseconds";

  private static final int MAX_DEPTH = 12;
  private static final int FUNCTIONS = 60;
  private static final int NANOS_PER_SAMPLE = 10_000_000;

  private final SplittableRandom random;

  TestProfiles(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** A CPU profile with two sample types that was taken just now. */
  TestProfile cpu(String tenant, String service, int samples) {
    return cpu(tenant, service, samples, System.currentTimeMillis());
  }

  TestProfile cpu(String tenant, String service, int samples, long timeMillis) {
    PprofBuilder pprof =
        new PprofBuilder()
            .addSampleType("samples", "count")
            .addSampleType("cpu", "nanoseconds")
            .periodType("cpu", "nanoseconds")
            .period(NANOS_PER_SAMPLE)
            .timeNanos(TimeUnit.MILLISECONDS.toNanos(timeMillis))
            .durationNanos(TimeUnit.SECONDS.toNanos(15));
    Map<String, Long> countByStack = new TreeMap<>();
    for (int i = 0; i < samples; i++) {
      List<String> rootFirst = stack(service);
      long count = 1L + random.nextInt(5);
      List<String> leafFirst = new ArrayList<>(rootFirst);
      Collections.reverse(leafFirst);
      pprof.addSample(leafFirst, count, count * NANOS_PER_SAMPLE);
      countByStack.merge(String.join(";", rootFirst), count, Long::sum);
    }

    Map<String, Map<String, Long>> sums = new TreeMap<>();
    sums.put(SAMPLES, countByStack);
    Map<String, Long> nanos = new TreeMap<>();
    countByStack.forEach((stack, count) -> nanos.put(stack, count * NANOS_PER_SAMPLE));
    sums.put(CPU, nanos);
    LabelSet labels =
        LabelSet.of(
            "__name__", "process_cpu", "service_name", service, "pod", "pod-" + random.nextInt(4));
    SegmentRecord record =
        SegmentRecord.builder()
            .clientId(new UUID(random.nextLong(), random.nextLong()))
            .receiveTimeNanos(TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()))
            .labels(labels)
            .payload(pprof.toByteArray())
            .build();
    return new TestProfile(new TenantId(tenant), record, sums);
  }

  /** The same profiles as if they were others. */
  List<TestProfile> withNewIds(List<TestProfile> profiles) {
    List<TestProfile> copies = new ArrayList<>();
    for (TestProfile profile : profiles) {
      SegmentRecord record = profile.record();
      SegmentRecord copy =
          SegmentRecord.builder()
              .clientId(new UUID(random.nextLong(), random.nextLong()))
              .receiveTimeNanos(record.receiveTimeNanos())
              .labels(record.labels())
              .payload(record.payload(), record.payloadOffset(), record.payloadLength())
              .build();
      copies.add(new TestProfile(profile.tenant(), copy, profile.sums()));
    }

    return copies;
  }

  private List<String> stack(String service) {
    int depth = 1 + random.nextInt(MAX_DEPTH);
    List<String> rootFirst = new ArrayList<>();
    rootFirst.add("main." + service);
    for (int i = 1; i < depth; i++) {
      // The square makes some functions much more frequent than others.
      int function = random.nextInt(FUNCTIONS) * random.nextInt(FUNCTIONS) / FUNCTIONS;
      rootFirst.add(service + ".f" + function);
    }

    return rootFirst;
  }

  /**
   * A record and what must become of it.
   *
   * @param sums by profile type and stack, frames joined by semicolons
   */
  record TestProfile(TenantId tenant, SegmentRecord record, Map<String, Map<String, Long>> sums) {

    static TestProfile of(String tenant, GoProfile profile) {
      return new TestProfile(new TenantId(tenant), profile.record(), profile.sums());
    }
  }
}
