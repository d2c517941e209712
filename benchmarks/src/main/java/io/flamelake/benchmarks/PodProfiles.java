/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import io.flamelake.testkit.ProfileSynthesizer;
import io.flamelake.testkit.SyntheticProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What one pod sends at one time: a CPU profile and a heap profile. */
record PodProfiles(SyntheticProfile cpu, SyntheticProfile heap) {

  /** Those of all pods of all services. */
  static List<PodProfiles> of(ProfileSynthesizer synthesizer, Instant time) {
    List<PodProfiles> pods = new ArrayList<>();
    for (int service = 0; service < synthesizer.services(); service++) {
      for (int pod = 0; pod < synthesizer.podsPerService(); pod++) {
        pods.add(
            new PodProfiles(
                synthesizer.cpuProfile(service, pod, time),
                synthesizer.heapProfile(service, pod, time)));
      }
    }

    return pods;
  }

  List<SyntheticProfile> profiles() {
    return List.of(cpu, heap);
  }
}
