/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.testkit.Gzip;
import io.flamelake.testkit.ProfileSynthesizer;
import io.flamelake.testkit.SyntheticProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Requests of many profiles each. */
final class NeighbourUploads {
  private static final int UPLOADS = 8;
  private static final int PROFILES = 10;
  private static final int PROFILES_OF_BIG = 100;

  private NeighbourUploads() {}

  static List<Upload> of(NeighbourHabit habit) {
    List<SyntheticProfile> profiles =
        PodProfiles.of(
                ProfileSynthesizer.builder().services(1).podsPerService(PROFILES).build(),
                Instant.now())
            .stream()
            .flatMap(pod -> pod.profiles().stream())
            .toList();
    List<Upload> uploads = new ArrayList<>();
    for (int i = 0; i < UPLOADS; i++) {
      uploads.add(upload(habit, profiles).ofTenant(habit.tenant()));
    }

    return uploads;
  }

  private static Upload upload(NeighbourHabit habit, List<SyntheticProfile> profiles) {
    int count = habit == NeighbourHabit.SLOW_BODIES ? PROFILES_OF_BIG : PROFILES;
    PushRequest.Builder request = PushRequest.newBuilder();
    long bytes = 0;
    long samples = 0;
    for (int i = 0; i < count; i++) {
      SyntheticProfile profile = profiles.get(i % profiles.size());
      byte[] pprof = habit == NeighbourHabit.GRPC ? profile.pprof() : profile.gzip();
      request.addSeries(PprofUploads.series(profile.labels(), pprof));
      bytes += profile.pprof().length;
      samples += profile.sampleCount();
    }

    byte[] message = request.build().toByteArray();
    return habit == NeighbourHabit.GRPC
        ? PprofUploads.grpc(Gzip.compressFast(message), true, bytes, samples)
        : PprofUploads.connect(message, bytes, samples);
  }
}
