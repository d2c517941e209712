/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.model.ProfileType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProfileSynthesizerTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final ProfileSynthesizer synthesizer =
      ProfileSynthesizer.builder()
          .services(5)
          .podsPerService(2)
          .cpuStacksPerService(3_000)
          .heapStacksPerService(1_500)
          .build();

  @Test
  void repeatsItselfInAnyOrder() {
    ProfileSynthesizer again =
        ProfileSynthesizer.builder()
            .services(5)
            .podsPerService(2)
            .cpuStacksPerService(3_000)
            .heapStacksPerService(1_500)
            .build();
    SyntheticProfile later = synthesizer.heapProfile(3, 1, START.plusSeconds(15));
    SyntheticProfile first = synthesizer.cpuProfile(3, 1, START);
    assertThat(again.cpuProfile(3, 1, START).pprof()).isEqualTo(first.pprof());
    assertThat(again.heapProfile(3, 1, START.plusSeconds(15)).pprof()).isEqualTo(later.pprof());
    assertThat(synthesizer.cpuProfile(3, 0, START).pprof()).isNotEqualTo(first.pprof());
    assertThat(
            ProfileSynthesizer.builder()
                .seed(1)
                .cpuStacksPerService(3_000)
                .build()
                .cpuProfile(3, 1, START)
                .pprof())
        .isNotEqualTo(first.pprof());
  }

  @Test
  void knowsItsTotals() {
    for (int service = 0; service < 5; service++) {
      for (SyntheticProfile profile :
          List.of(
              synthesizer.cpuProfile(service, 0, START),
              synthesizer.heapProfile(service, 0, START))) {
        for (Map.Entry<ProfileType, Long> entry : profile.totals().entrySet()) {
          assertThat(entry.getValue())
              .isPositive()
              .isEqualTo(BruteForce.total(List.of(profile.pprof()), entry.getKey().sampleType()));
        }

        assertThat(profile.totals().keySet())
            .extracting(ProfileType::sampleType)
            .containsExactlyInAnyOrderElementsOf(BruteForce.sampleTypes(profile.pprof()));
        assertThat(TestProfiles.parse(profile.gzip()))
            .isEqualTo(TestProfiles.parse(profile.pprof()));
        assertThat(profile.pprof()).hasSizeLessThan(1_000_000);
      }
    }
  }

  @Test
  void pushesEveryPodOncePerInterval() {
    List<SyntheticProfile> profiles = new ArrayList<>();
    synthesizer.forEach(START, START.plus(Duration.ofMinutes(1)), profiles::add);
    assertThat(profiles).hasSize(5 * 2 * 4 * 2);
    assertThat(profiles).extracting(SyntheticProfile::time).isSorted();
    assertThat(profiles)
        .extracting(profile -> profile.labels().value("pod"))
        .satisfies(pods -> assertThat(new HashSet<>(pods)).hasSize(10));
    assertThat(profiles.get(0).labels().value("__name__")).isEqualTo("process_cpu");

    // Two halves make the whole.
    List<byte[]> halves = new ArrayList<>();
    synthesizer.forEach(START, START.plusSeconds(22), profile -> halves.add(profile.pprof()));
    synthesizer.forEach(
        START.plusSeconds(22), START.plusSeconds(60), profile -> halves.add(profile.pprof()));
    assertThat(halves)
        .usingElementComparator(Arrays::compare)
        .containsExactlyElementsOf(profiles.stream().map(SyntheticProfile::pprof).toList());
  }

  @Test
  void isAsLargeAndAsHeavyTailedAsRealLoad() {
    List<SyntheticProfile> profiles = new ArrayList<>();
    synthesizer.forEach(START, START.plus(Duration.ofMinutes(2)), profiles::add);
    double rows = profiles.stream().mapToInt(profile -> profile.totals().size()).sum();
    double samples = profiles.stream().mapToInt(SyntheticProfile::sampleCount).sum();
    assertThat(samples / rows).isBetween(120.0, 260.0);

    Set<String> seen = new HashSet<>();
    List<Long> values = new ArrayList<>();
    for (SyntheticProfile profile : profiles) {
      BruteForce.foldedStacks(List.of(profile.pprof()), "cpu")
          .forEach(
              (stack, value) -> {
                seen.add(stack);
                values.add(value);
              });
    }

    assertThat(values.stream().filter(value -> value == 10_000_000).count())
        .as("most stacks are seen once in a profile")
        .isGreaterThan(values.size() / 2);
    assertThat(values.stream().mapToLong(Long::longValue).max().orElse(0))
        .isGreaterThan(50_000_000);
    assertThat(seen).hasSizeGreaterThan(1_000);
  }

  @Test
  void keepsMostLiveObjectsFromOneProfileToTheNext() {
    Map<String, Long> first = inuse(START);
    Map<String, Long> next = inuse(START.plusSeconds(15));
    Set<String> kept = new HashSet<>(first.keySet());
    kept.retainAll(next.keySet());
    assertThat(kept).hasSizeGreaterThan(first.size() * 3 / 4).hasSizeLessThan(first.size());
  }

  @Test
  void refusesNonsense() {
    assertThatThrownBy(() -> ProfileSynthesizer.builder().services(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("services: 0 (expected: > 0)");
  }

  private Map<String, Long> inuse(Instant time) {
    return BruteForce.foldedStacks(
        List.of(synthesizer.heapProfile(0, 0, time).pprof()), "inuse_space");
  }
}
