/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.model.flamegraph.CallTreeBuilder;
import io.flamelake.model.flamegraph.CollapsedStacks;
import io.flamelake.model.normalize.ProfileNormalizer;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.model.normalize.StackTraces;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.proto.google.v1.Function;
import io.flamelake.proto.google.v1.Line;
import io.flamelake.proto.google.v1.Location;
import io.flamelake.proto.google.v1.Mapping;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import io.flamelake.proto.google.v1.ValueType;
import io.flamelake.testkit.BruteForce.LabeledPprof;
import io.flamelake.testkit.BruteForce.SeriesTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BruteForceTest {

  @Test
  void sumsEqualStacksOverProfiles() {
    byte[] first = TestProfiles.tinyCpu(Instant.ofEpochSecond(1));
    byte[] second = TestProfiles.tinyCpu(Instant.ofEpochSecond(2));
    byte[] heap = TestProfiles.tinyHeap(Instant.ofEpochSecond(2));
    assertThat(BruteForce.foldedStacks(List.of(first, second, heap), "cpu"))
        .isEqualTo(Map.of("main;work", 20L, "main;work;sort", 40L, "main;idle", 60L));
    assertThat(BruteForce.total(List.of(first, second, heap), "cpu")).isEqualTo(120);
    assertThat(BruteForce.total(List.of(first, second, heap), "wall")).isZero();
  }

  @Test
  void sumsSeries() {
    byte[] first = TestProfiles.tinyCpu(Instant.ofEpochSecond(1));
    byte[] second = TestProfiles.tinyCpu(Instant.ofEpochSecond(2));
    LabelSet a = LabelSet.of("pod", "a");
    LabelSet b = LabelSet.of("pod", "b");
    assertThat(
            BruteForce.totals(
                List.of(
                    new LabeledPprof(a, first),
                    new LabeledPprof(a, first),
                    new LabeledPprof(a, second),
                    new LabeledPprof(b, second)),
                "cpu"))
        .isEqualTo(
            Map.of(
                new SeriesTime(a, 1_000_000_000L), 120L,
                new SeriesTime(a, 2_000_000_000L), 60L,
                new SeriesTime(b, 2_000_000_000L), 60L));
  }

  @Test
  void expandsInlinedLinesAndNamesAddresses() {
    Profile profile =
        Profile.newBuilder()
            .addAllStringTable(
                List.of(
                    "", "cpu", "inlined", "caller", "slices.Sort[go.shape.[]uint8]", "/bin/app"))
            .addSampleType(ValueType.newBuilder().setType(1))
            .addFunction(Function.newBuilder().setId(1).setName(2))
            .addFunction(Function.newBuilder().setId(2).setName(3))
            .addFunction(Function.newBuilder().setId(3).setName(4))
            .addMapping(
                Mapping.newBuilder()
                    .setId(1)
                    .setMemoryStart(0x1000)
                    .setMemoryLimit(0x2000)
                    .setFileOffset(0x10)
                    .setFilename(5))
            .addLocation(
                Location.newBuilder()
                    .setId(1)
                    .addLine(Line.newBuilder().setFunctionId(1))
                    .addLine(Line.newBuilder().setFunctionId(2)))
            .addLocation(Location.newBuilder().setId(2).setMappingId(1).setAddress(0x1234))
            .addLocation(Location.newBuilder().setId(3).addLine(Line.newBuilder().setFunctionId(3)))
            .addSample(sample(7, 1, 2))
            .addSample(sample(5, 3))
            .addSample(sample(-1, 3))
            .addSample(sample(0, 2))
            .build();
    assertThat(BruteForce.foldedStacks(List.of(profile.toByteArray()), "cpu"))
        .isEqualTo(Map.of("app!0x244;caller;inlined", 7L, "slices.Sort[...]", 5L));
  }

  /** The two routes share no code, so each checks the other. */
  @Test
  void agreesWithTheNormalizerOnRealProfiles() {
    TestProfiles.all()
        .forEach(
            (name, bytes) -> {
              for (String sampleType : BruteForce.sampleTypes(bytes)) {
                String expected =
                    BruteForce.foldedStacks(List.of(bytes), sampleType).entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue() + "\n")
                        .sorted()
                        .collect(Collectors.joining());
                String actual =
                    CollapsedStacks.encode(normalized(bytes, sampleType))
                        .lines()
                        .map(line -> line + "\n")
                        .sorted()
                        .collect(Collectors.joining());
                assertThat(actual).as("%s %s", name, sampleType).isEqualTo(expected);
              }
            });
  }

  private static CallTree normalized(byte[] bytes, String sampleType) {
    byte[] pprof = TestProfiles.parse(bytes).toByteArray();
    CallTreeBuilder tree = CallTree.builder();
    for (ProfileRow row :
        new ProfileNormalizer()
            .normalize(
                TenantId.ANONYMOUS,
                UUID.randomUUID(),
                1,
                LabelSet.of("__name__", "test", "service_name", "test"),
                PprofDecoder.decode(pprof, 0, pprof.length, PprofLimits.DEFAULT))) {
      if (row.type().sampleType().equals(sampleType)) {
        addRow(tree, row);
      }
    }

    return tree.build();
  }

  private static void addRow(CallTreeBuilder tree, ProfileRow row) {
    StackTraces stacks = row.stacks();
    for (int i = 0; i < row.stackIds().length; i++) {
      int stack = stacks.indexOf(row.stackIds()[i]);
      List<String> functions = new ArrayList<>();
      for (int frame = 0; frame < stacks.depth(stack); frame++) {
        functions.add(stacks.function(stack, frame));
      }

      tree.add(functions, row.values()[i]);
    }
  }

  private static Sample sample(long value, long... locations) {
    Sample.Builder sample = Sample.newBuilder().addValue(value);
    for (long location : locations) {
      sample.addLocationId(location);
    }

    return sample.build();
  }
}
