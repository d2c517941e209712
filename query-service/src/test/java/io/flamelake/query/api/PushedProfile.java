/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.proto.google.v1.Function;
import io.flamelake.proto.google.v1.Location;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import io.flamelake.query.QueryServer;
import io.flamelake.segment.SegmentRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;

/** A profile as protobuf's generated code sees it, to compute expected answers by brute force. */
record PushedProfile(TenantId tenant, LabelSet labels, Profile profile) {
  private static final int FUNCTIONS = 12;
  private static final int MAX_DEPTH = 8;
  private static final int SAMPLES = 60;

  /** A CPU profile of random stacks with two sample types. */
  static PushedProfile random(Random random, TenantId tenant, LabelSet labels, long timeMillis) {
    PprofBuilder pprof =
        new PprofBuilder()
            .addSampleType("samples", "count")
            .addSampleType("cpu", "nanoseconds")
            .periodType("cpu", "nanoseconds")
            .period(10_000_000)
            .durationNanos(15_000_000_000L)
            .timeNanos(timeMillis * 1_000_000);
    for (int sample = 0; sample < SAMPLES; sample++) {
      List<String> stack = new ArrayList<>();
      int depth = 1 + random.nextInt(MAX_DEPTH);
      for (int frame = 0; frame < depth; frame++) {
        stack.add("main.f" + random.nextInt(FUNCTIONS));
      }

      long count = 1L + random.nextInt(9);
      pprof.addSample(stack, count, count * 10_000_000);
    }

    return new PushedProfile(tenant, labels.with("__name__", "process_cpu"), pprof.toProto());
  }

  SegmentRecord toRecord() {
    return QueryServer.record(labels, profile.toByteArray());
  }

  /** The values of a sample type by path, root first and joined by semicolons. */
  static Map<String, Long> sum(
      Collection<PushedProfile> profiles, int sampleType, Predicate<PushedProfile> filter) {
    Map<String, Long> sums = new TreeMap<>();
    profiles.stream().filter(filter).forEach(profile -> profile.addTo(sums, sampleType));
    return sums;
  }

  static long total(Map<String, Long> sums) {
    return sums.values().stream().mapToLong(Long::longValue).sum();
  }

  private void addTo(Map<String, Long> sums, int sampleType) {
    Map<Long, String> functions = new TreeMap<>();
    for (Function function : profile.getFunctionList()) {
      functions.put(function.getId(), profile.getStringTable(Math.toIntExact(function.getName())));
    }

    Map<Long, String> locations = new TreeMap<>();
    for (Location location : profile.getLocationList()) {
      locations.put(location.getId(), functions.get(location.getLine(0).getFunctionId()));
    }

    for (Sample sample : profile.getSampleList()) {
      StringBuilder path = new StringBuilder();
      for (int i = sample.getLocationIdCount() - 1; i >= 0; i--) {
        path.append(path.isEmpty() ? "" : ";").append(locations.get(sample.getLocationId(i)));
      }

      sums.merge(path.toString(), sample.getValue(sampleType), Long::sum);
    }
  }
}
