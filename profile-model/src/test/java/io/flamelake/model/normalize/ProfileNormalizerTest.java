/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.normalize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.model.DiscardReason;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.XxHash64;
import io.flamelake.model.normalize.BruteForce.RowKey;
import io.flamelake.model.normalize.BruteForce.SampleKey;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.Pprof;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofFrame;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.model.pprof.RandomProfiles;
import io.flamelake.proto.google.v1.Profile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ProfileNormalizerTest {

  private static final TenantId TENANT = TenantId.ANONYMOUS;
  private static final UUID ID = new UUID(1, 2);
  private static final long RECEIVED = 1_700_000_000_123_456_789L;
  private static final LabelSet PUSHED =
      LabelSet.of(
          "__name__", "process_cpu", "service_name", "cart", "__delta__", "false", "pod", "p-1");

  private final ProfileNormalizer normalizer = new ProfileNormalizer();

  @Test
  void agreesWithBruteForceOnRandomProfiles() {
    Random random = new Random(1);
    for (int i = 0; i < 3_000; i++) {
      Profile profile = RandomProfiles.next(random);
      LabelSet pushed = random.nextBoolean() ? PUSHED : PUSHED.without("pod");

      List<ProfileRow> rows = normalize(pushed, decode(profile));

      Map<RowKey, Map<SampleKey, Long>> actual = new HashMap<>();
      for (ProfileRow row : rows) {
        checkInvariants(row);
        RowKey key = new RowKey(row.type().id(), row.labels());
        assertThat(actual.put(key, samples(row))).as("one row per %s", key).isNull();
      }

      assertThat(actual).isEqualTo(new BruteForce(profile).rows(pushed));
    }
  }

  @Test
  void dependsOnNothingButItsArguments() {
    Random random = new Random(2);
    for (int i = 0; i < 300; i++) {
      Pprof pprof = decode(RandomProfiles.next(random));

      assertThat(normalize(PUSHED, pprof))
          .usingRecursiveComparison()
          .ignoringFields("stacks")
          .isEqualTo(new ProfileNormalizer().normalize(TENANT, ID, RECEIVED, PUSHED, pprof));
    }
  }

  @Test
  void fillsTheRow() {
    PprofBuilder builder =
        new PprofBuilder()
            .addSampleType("samples", "count")
            .addSampleType("cpu", "nanoseconds")
            .periodType("cpu", "nanoseconds")
            .period(10_000_000)
            .timeNanos(1_700_000_001_000_000_999L)
            .durationNanos(15)
            .addSample(List.of("leaf", "root"), 2, 20)
            .addSample(List.of("root"), 0, 7);

    List<ProfileRow> rows = normalize(PUSHED, decode(builder));

    assertThat(rows).hasSize(2);
    ProfileRow samples = rows.get(0);
    ProfileRow cpu = rows.get(1);
    assertThat(samples.type().id()).isEqualTo("process_cpu:samples:count:cpu:nanoseconds");
    assertThat(cpu.type().id()).isEqualTo("process_cpu:cpu:nanoseconds:cpu:nanoseconds");
    assertThat(samples.values()).containsExactly(2);
    assertThat(cpu.totalValue()).isEqualTo(27);
    assertThat(cpu.tenant()).isEqualTo(TENANT);
    assertThat(cpu.profileId()).isEqualTo(ID);
    assertThat(cpu.serviceName()).isEqualTo("cart");
    assertThat(cpu.labels()).isEqualTo(LabelSet.of("pod", "p-1", "service_name", "cart"));
    assertThat(cpu.seriesId()).isEqualTo(cpu.labels().id());
    assertThat(cpu.timeMicros()).isEqualTo(1_700_000_001_000_000L);
    assertThat(cpu.durationNanos()).isEqualTo(15);
    assertThat(cpu.period()).isEqualTo(10_000_000);
    assertThat(cpu.spanIds()).isNull();
    assertThat(cpu.traceIds()).isNull();
    assertThat(cpu.stacks()).isSameAs(samples.stacks());
  }

  @Test
  void takesTheReceiveTimeWhereTheProfileHasNone() {
    ProfileRow row = normalize(PUSHED, decode(cpu().addSample(List.of("main"), 1))).get(0);

    assertThat(row.timeMicros()).isEqualTo(RECEIVED / 1_000);
  }

  @Test
  void definesTheStackIdByItsCanonicalFrames() {
    PprofBuilder builder =
        cpu()
            .addSample(
                List.of(new PprofFrame("leaf", "b.go", 2), new PprofFrame("root", "a.go", 1)),
                LabelSet.EMPTY,
                1);

    StackTraces stacks = normalize(PUSHED, decode(builder)).get(0).stacks();

    long seed = XxHash64.hash(utf8("anonymous\0cart"), 0);
    assertThat(stacks.id(0))
        .isEqualTo(hash(seed, frameHash("root", "a.go", 1), frameHash("leaf", "b.go", 2)));
  }

  @Test
  void seedsTheStackIdPerTenantAndService() {
    Pprof pprof = decode(cpu().addSample(List.of("main"), 1));
    Set<Long> ids = new HashSet<>();
    for (String tenant : List.of("a", "b")) {
      for (String service : List.of("x", "y")) {
        LabelSet pushed = PUSHED.with("service_name", service);
        ids.add(
            normalizer
                .normalize(new TenantId(tenant), ID, RECEIVED, pushed, pprof)
                .get(0)
                .stackIds()[0]);
      }
    }

    assertThat(ids).hasSize(4);
  }

  @Test
  void givesDifferentCheckHashesToDifferentStacks() {
    Random random = new Random(3);
    Map<Long, String> stacksByCheck = new HashMap<>();
    for (int i = 0; i < 300; i++) {
      for (ProfileRow row : normalize(PUSHED, decode(RandomProfiles.next(random)))) {
        for (int stack = 0; stack < row.stacks().size(); stack++) {
          String frames = frames(row.stacks(), stack).toString();
          String known = stacksByCheck.put(row.stacks().checkHash(stack), frames);
          assertThat(known == null ? frames : known).isEqualTo(frames);
        }
      }
    }

    assertThat(new HashSet<>(stacksByCheck.values())).hasSize(stacksByCheck.size());
  }

  @Test
  void readsTheSameAfterDetaching() {
    Random random = new Random(4);
    for (int i = 0; i < 200; i++) {
      Profile profile = RandomProfiles.next(random);
      List<ProfileRow> rows = normalize(PUSHED, decode(profile));
      if (!rows.isEmpty()) {
        StackTraces expected = normalize(PUSHED, decode(profile)).get(0).stacks();
        StackTraces detached = rows.get(0).stacks().detach().detach();
        for (int stack = 0; stack < expected.size(); stack++) {
          assertThat(frames(detached, stack)).isEqualTo(frames(expected, stack));
          assertThat(detached.checkHash(stack)).isEqualTo(expected.checkHash(stack));
          assertThat(detached.indexOf(expected.id(stack))).isEqualTo(stack);
        }
      }
    }
  }

  @Test
  void cutsAStackOfInlinedLinesAtTheRootSide() {
    Profile.Builder profile =
        cpu().addSample(List.of("leaf", "inner", "root"), 1).toProto().toBuilder();
    profile
        .getLocationBuilder(0)
        .addAllLine(Collections.nCopies(5_000, profile.getLocation(1).getLine(0)));

    StackTraces stacks = normalize(PUSHED, decode(profile.build())).get(0).stacks();

    assertThat(stacks.depth(0)).isEqualTo(PprofLimits.DEFAULT.maxDepth());
    assertThat(stacks.function(0, 0)).isEqualTo("root");
    assertThat(stacks.function(0, 999)).isEqualTo("inner");
    assertThatThrownBy(() -> stacks.function(0, 1_000))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("frame: 1000 (expected: 0 to 999)");
  }

  @Test
  void refusesStacksThatExpandWithoutEnd() {
    PprofBuilder builder = cpu();
    int inlined = builder.location("inlined", "", 0);
    for (int i = 0; i < 5_000; i++) {
      int root = builder.location("root" + i, "", 0);
      builder.addSample(new int[] {inlined, root}, LabelSet.EMPTY, 1);
    }

    Profile.Builder profile = builder.toProto().toBuilder();
    profile
        .getLocationBuilder(0)
        .addAllLine(Collections.nCopies(5_000, profile.getLocation(0).getLine(0)));
    Pprof pprof = decode(profile.build());

    assertThatThrownBy(() -> normalize(PUSHED, pprof))
        .isInstanceOfSatisfying(
            MalformedProfileException.class,
            e -> assertThat(e.reason()).isEqualTo(DiscardReason.MALFORMED_PROFILE))
        .hasMessageStartingWith("Stacks expand to more than 4194304 frames, from ");
    assertThat(normalize(PUSHED, decode(cpu().addSample(List.of("main"), 1)))).hasSize(1);
  }

  @Test
  void keepsASumThatOverflowsAtTheMaximum() {
    PprofBuilder builder =
        cpu()
            .addSample(List.of("main"), Long.MAX_VALUE)
            .addSample(List.of("main"), 5)
            .addSample(List.of("other"), 5);

    ProfileRow row = normalize(PUSHED, decode(builder)).get(0);

    assertThat(row.values()).containsExactlyInAnyOrder(Long.MAX_VALUE, 5);
    assertThat(row.totalValue()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void refusesAColonInTheName() {
    Pprof pprof = decode(cpu().addSample(List.of("main"), 1));

    assertThatThrownBy(() -> normalize(PUSHED.with("__name__", "a:b"), pprof))
        .isInstanceOfSatisfying(
            MalformedProfileException.class,
            e -> assertThat(e.reason()).isEqualTo(DiscardReason.INVALID_LABELS))
        .hasMessage("Invalid label __name__='a:b' (expected: no colon)");
  }

  @Test
  void leavesNothingOfAProfileWithoutValues() {
    assertThat(normalize(PUSHED, decode(cpu()))).isEmpty();
    assertThat(normalize(PUSHED, decode(cpu().addSample(List.of("main"), 0)))).isEmpty();
  }

  private static void checkInvariants(ProfileRow row) {
    assertThat(row.stackIds()).hasSameSizeAs(row.values()).isSorted();
    assertThat(Arrays.stream(row.values()).allMatch(value -> value > 0)).as("positive").isTrue();
    assertThat(row.totalValue()).isEqualTo(Arrays.stream(row.values()).sum());
    assertThat(row.seriesId()).isEqualTo(row.labels().id());
    if (row.spanIds() != null) {
      assertThat(row.spanIds()).hasSameSizeAs(row.values()).containsAnyOf(nonZero(row.spanIds()));
    }

    if (row.traceIds() != null) {
      assertThat(row.traceIds()).hasSize(2 * row.values().length);
    }
  }

  private static long[] nonZero(long[] values) {
    return Arrays.stream(values).filter(value -> value != 0).toArray();
  }

  private static Map<SampleKey, Long> samples(ProfileRow row) {
    Map<SampleKey, Long> samples = new HashMap<>();
    for (int i = 0; i < row.stackIds().length; i++) {
      int stack = row.stacks().indexOf(row.stackIds()[i]);
      long span = row.spanIds() == null ? 0 : row.spanIds()[i];
      long high = row.traceIds() == null ? 0 : row.traceIds()[2 * i];
      long low = row.traceIds() == null ? 0 : row.traceIds()[2 * i + 1];
      SampleKey key =
          new SampleKey(
              frames(row.stacks(), stack),
              String.format("%016x", span),
              String.format("%016x%016x", high, low));
      assertThat(samples.put(key, row.values()[i])).as("merged").isNull();
    }

    return samples;
  }

  private static List<String> frames(StackTraces stacks, int stack) {
    List<String> frames = new ArrayList<>();
    for (int i = 0; i < stacks.depth(stack); i++) {
      String name = stacks.function(stack, i);
      assertThat(stacks.functionName(stacks.functionIndex(stack, i))).isEqualTo(name);
      if (stacks.isSymbolized(stack, i)) {
        frames.add(BruteForce.frame(name, stacks.file(stack, i), stacks.line(stack, i)));
      } else {
        frames.add(
            BruteForce.unsymbolizedFrame(
                name,
                String.valueOf(stacks.mapping(stack, i)),
                String.valueOf(stacks.buildId(stack, i)),
                stacks.address(stack, i)));
      }
    }

    return frames;
  }

  private static long frameHash(String function, String file, int line) {
    long functionHash = hash(0, XxHash64.hash(utf8(function), 0), XxHash64.hash(utf8(file), 0));
    return hash(functionHash, line);
  }

  private static long hash(long seed, long... lanes) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * lanes.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(lanes);
    return XxHash64.hash(bytes.array(), seed);
  }

  private static byte[] utf8(String value) {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  private List<ProfileRow> normalize(LabelSet pushed, Pprof pprof) {
    return normalizer.normalize(TENANT, ID, RECEIVED, pushed, pprof);
  }

  private static PprofBuilder cpu() {
    return new PprofBuilder().addSampleType("cpu", "nanoseconds");
  }

  private static Pprof decode(PprofBuilder builder) {
    return PprofDecoder.decode(builder.toByteArray(), PprofLimits.DEFAULT);
  }

  private static Pprof decode(Profile profile) {
    return PprofDecoder.decode(profile.toByteArray(), PprofLimits.DEFAULT);
  }
}
