/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.model.pprof.Pprof;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.proto.google.v1.Profile;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TestProfilesTest {

  @Test
  void holdsProfilesOfRealPrograms() {
    assertThat(TestProfiles.all()).hasSize(13);
    TestProfiles.all()
        .forEach(
            (name, bytes) -> {
              Profile profile = TestProfiles.parse(bytes);
              assertThat(bytes).as(name).hasSizeBetween(500, 200_000);
              assertThat(profile.getSampleCount()).as(name).isGreaterThan(3);
              assertThat(profile.getTimeNanos()).as(name).isPositive();
              assertThat(profile.getPeriodType().getType()).as(name).isPositive();
            });
  }

  @Test
  void passesTheDecoderOfTheGateway() {
    TestProfiles.all()
        .forEach(
            (name, bytes) -> {
              byte[] pprof = TestProfiles.parse(bytes).toByteArray();
              Pprof decoded = PprofDecoder.decode(pprof, 0, pprof.length, PprofLimits.DEFAULT);
              assertThat(decoded.sampleCount())
                  .as(name)
                  .isEqualTo(TestProfiles.parse(bytes).getSampleCount());
            });
  }

  @Test
  void namesTheSampleTypesOfEachProfiler() {
    assertThat(BruteForce.sampleTypes(TestProfiles.goCpu())).containsExactly("samples", "cpu");
    assertThat(BruteForce.sampleTypes(TestProfiles.goHeap()))
        .isEqualTo(BruteForce.sampleTypes(TestProfiles.goAllocs()))
        .containsExactly("alloc_objects", "alloc_space", "inuse_objects", "inuse_space");
    assertThat(BruteForce.sampleTypes(TestProfiles.goGoroutines())).containsExactly("goroutine");
    for (byte[] profile :
        List.of(TestProfiles.goBlock(), TestProfiles.goMutex(), TestProfiles.javaLock())) {
      assertThat(BruteForce.sampleTypes(profile)).containsExactly("contentions", "delay");
    }

    assertThat(BruteForce.sampleTypes(TestProfiles.javaCpu())).containsExactly("cpu");
    assertThat(BruteForce.sampleTypes(TestProfiles.javaAlloc()))
        .containsExactly("alloc_objects", "alloc_space");
    assertThat(BruteForce.sampleTypes(TestProfiles.pythonCpu())).containsExactly("samples", "cpu");
    assertThat(BruteForce.sampleTypes(TestProfiles.nodeWall()))
        .containsExactly("sample", "wall", "cpu");
    assertThat(BruteForce.sampleTypes(TestProfiles.nodeHeap()))
        .containsExactly("inuse_objects", "inuse_space");
  }

  @Test
  void labelsTheSamplesOfRequests() {
    Profile profile = TestProfiles.parse(TestProfiles.goCpuWithLabels());
    assertThat(profile.getSampleList())
        .filteredOn(sample -> sample.getLabelCount() > 0)
        .hasSizeGreaterThan(profile.getSampleCount() / 2);
  }

  @Test
  void givesAFixtureAnotherTime() {
    Instant time = Instant.parse("2026-01-02T03:04:05.000000006Z");
    Profile profile = TestProfiles.parse(TestProfiles.at(TestProfiles.javaCpu(), time));
    assertThat(profile.getTimeNanos()).isEqualTo(time.getEpochSecond() * 1_000_000_000L + 6);
    assertThat(profile.getSampleList())
        .isEqualTo(TestProfiles.parse(TestProfiles.javaCpu()).getSampleList());
  }

  @Test
  void makesTinyProfiles() {
    Instant time = Instant.ofEpochSecond(1);
    assertThat(BruteForce.foldedStacks(List.of(TestProfiles.tinyCpu(time)), "cpu"))
        .isEqualTo(Map.of("main;work", 10L, "main;work;sort", 20L, "main;idle", 30L));
    assertThat(BruteForce.foldedStacks(List.of(TestProfiles.tinyHeap(time)), "inuse_space"))
        .isEqualTo(Map.of("main;load", 72L, "main;cache", 400L));
  }
}
