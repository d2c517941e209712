/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import io.flamelake.model.LabelNames;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import io.flamelake.testkit.ProfileSynthesizer;
import io.flamelake.testkit.SyntheticProfile;
import io.flamelake.testkit.TestProfiles;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Heap profiles of a fleet as Go writes them: what was allocated since the start of each process,
 * by stacks that are the same in all profiles of one.
 */
final class CumulativeHeap {
  /** {@code alloc_objects} and {@code alloc_space}; the third counts what is live. */
  static final int CUMULATIVE_TYPES = 2;

  static final int TYPES = 3;

  private final List<SyntheticProfile> firsts = new ArrayList<>();
  private final Instant start;

  CumulativeHeap(int services, int pods, Instant start) {
    this.start = start;
    ProfileSynthesizer synthesizer =
        ProfileSynthesizer.builder().services(services).podsPerService(pods).build();
    PodProfiles.of(synthesizer, start).forEach(pod -> firsts.add(pod.heap()));
  }

  /** The profiles of all pods, so many intervals after the first ones. */
  List<Upload> at(int step) {
    return firsts.stream().map(first -> PprofUploads.connect(later(first, step))).toList();
  }

  /** As {@link #at}, for some intervals one after the other. */
  List<List<Upload>> ofTenant(String tenant, int firstStep, int steps) {
    return IntStream.range(firstStep, firstStep + steps)
        .mapToObj(step -> at(step).stream().map(upload -> upload.ofTenant(tenant)).toList())
        .toList();
  }

  private SyntheticProfile later(SyntheticProfile first, int step) {
    Instant time = start.plus(ProfileSynthesizer.INTERVAL.multipliedBy(step));
    Profile.Builder pprof = TestProfiles.parse(TestProfiles.at(first.pprof(), time)).toBuilder();
    for (Sample.Builder sample : pprof.getSampleBuilderList()) {
      for (int type = 0; type < CUMULATIVE_TYPES; type++) {
        sample.setValue(type, sample.getValue(type) * (step + 1));
      }
    }

    return new SyntheticProfile(
        first.labels().without(LabelNames.DELTA),
        time,
        pprof.build().toByteArray(),
        first.totals(),
        first.sampleCount());
  }
}
