/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.gateway.format.FoldedEncoders.Counted;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.rpc.MemoryBudget;
import io.flamelake.rpc.RpcException;
import java.io.ByteArrayOutputStream;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class StackFormatsTest {

  static Stream<Arguments> formats() {
    return Stream.of(
        format("groups", StackFormats.GROUPS, FoldedEncoders::groups),
        format("lines", StackFormats.LINES, FoldedEncoders::lines),
        format("trie", StackFormats.TRIE, FoldedEncoders::trie),
        format("tree", StackFormats.TREE, FoldedEncoders::tree));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("formats")
  void givesTheSumsThatWentIn(
      String name, ProfileConverter converter, Function<List<Counted>, byte[]> encoder) {
    for (int seed = 0; seed < 30; seed++) {
      List<Counted> samples = FoldedEncoders.random(new Random(seed), 1 + 10 * seed);
      Map<String, Long> expected = new TreeMap<>();
      samples.forEach(
          sample -> expected.merge(sample.folded(), sample.count() * 10_000_000, Long::sum));

      Profile profile = convert(converter, encoder.apply(samples), "shop.cpu");

      assertThat(Uploads.sums(profile, 0)).as("seed %d", seed).isEqualTo(expected);
      assertThat(profile.getSampleCount()).as("seed %d", seed).isEqualTo(expected.size());
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("formats")
  void holdsLittleMoreThanTheUpload(
      String name, ProfileConverter converter, Function<List<Counted>, byte[]> encoder) {
    byte[] upload = encoder.apply(FoldedEncoders.random(new Random(1), 20_000));
    MemoryBudget budget = new MemoryBudget(1 << 30);

    converter.convert(upload, Uploads.context("app", 100, PprofLimits.DEFAULT, budget));

    assertThat(budget.usedBytes()).isBetween(64L << 10, 64L * upload.length);
    MemoryBudget spent = new MemoryBudget(64 << 10);
    assertThatThrownBy(
            () ->
                converter.convert(upload, Uploads.context("app", 100, PprofLimits.DEFAULT, spent)))
        .isInstanceOf(RpcException.class)
        .hasMessageContaining("The server's buffers are full");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("formats")
  void cutsDeepStacksAtTheLeafWithoutRecursion(
      String name, ProfileConverter converter, Function<List<Counted>, byte[]> encoder) {
    // The test's own encoders recurse, so not as deep as an attacker would go: see the next test.
    List<String> deep = Collections.nCopies(1_500, "f");

    Profile profile = convert(converter, encoder.apply(List.of(new Counted(deep, 3))), "app");

    assertThat(Uploads.sums(profile, 0))
        .isEqualTo(Map.of(String.join(";", deep.subList(0, 1_000)), 30_000_000L));
  }

  @Test
  void readsATreeOfAMillionLevels() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    FoldedEncoders.node(out, new byte[0], 0, List.of(1));
    for (int i = 0; i < 1_000_000; i++) {
      FoldedEncoders.node(out, new byte[] {'f'}, 1, i == 999_999 ? List.of() : List.of(1));
    }

    Profile tree = convert(StackFormats.TREE, out.toByteArray(), "app");

    assertThat(Uploads.sums(tree, 0).values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(1_000_000L * 10_000_000);
    assertThat(tree.getSampleCount()).isEqualTo(1_000);
    // The same bytes are a trie whose one name grows by a byte a level.
    assertThatThrownBy(() -> convert(StackFormats.TRIE, out.toByteArray(), "app"))
        .isInstanceOf(MalformedProfileException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "app,                             app,   process_cpu, cpu:nanoseconds,  cpu:nanoseconds, 20",
    "a.b.cpu,                         a.b,   process_cpu, cpu:nanoseconds,  cpu:nanoseconds, 20",
    "a.itimer,                        a,     process_cpu, cpu:nanoseconds,  cpu:nanoseconds, 20",
    "a.wall,                          a,     wall,        wall:nanoseconds, cpu:nanoseconds, 20",
    "a.seconds,                       a,     wall,        wall:nanoseconds, cpu:nanoseconds, 20",
    "a.nanoseconds,                   a,     wall,        wall:nanoseconds, cpu:nanoseconds, 20",
    "a.microseconds,                  a,     wall,        wall:nanoseconds, cpu:nanoseconds, 20",
    "a.milliseconds,                  a,     wall,        wall:nanoseconds, cpu:nanoseconds, 20",
    "a.inuse_objects,                 a,     memory,      inuse_objects:count,  :, 1",
    "a.alloc_objects,                 a,     memory,      alloc_objects:count,  :, 1",
    "a.alloc_in_new_tlab_objects,     a,     memory,      alloc_in_new_tlab_objects:count, :, 1",
    "a.alloc_outside_tlab_objects,    a,     memory,      alloc_outside_tlab_objects:count, :, 1",
    "a.live,                          a,     memory,      live:count,           :, 1",
    "a.inuse_space,                   a,     memory,      inuse_space:bytes,    :, 1",
    "a.alloc_space,                   a,     memory,      alloc_space:bytes,    :, 1",
    "a.alloc_in_new_tlab_bytes,       a,     memory,      alloc_in_new_tlab_bytes:bytes, :, 1",
    "a.alloc_outside_tlab_bytes,      a,     memory,      alloc_outside_tlab_bytes:bytes, :, 1",
    "a.bytes,                         a,     memory,      samples:bytes,        :, 1",
    "a.goroutines,                    a,     goroutine,   goroutines:count,     :, 1",
    "a.mutex_count,                   a,     mutex,       contentions:count,    :, 1",
    "a.mutex_duration,                a,     mutex,       delay:nanoseconds,    :, 1",
    "a.block_count,                   a,     block,       contentions:count,    :, 1",
    "a.lock_count,                    a,     block,       contentions:count,    :, 1",
    "a.block_duration,                a,     block,       delay:nanoseconds,    :, 1",
    "a.lock_duration,                 a,     block,       delay:nanoseconds,    :, 1",
    "a.exceptions,                    a,     exceptions,  samples:count,        :, 1",
  })
  void takesTheTypeFromTheSuffixOfTheName(
      String name, String app, String profileName, String type, String period, long millisOrOne) {
    UploadContext context =
        Uploads.context(name, 50, PprofLimits.DEFAULT, new MemoryBudget(1 << 20));

    List<ConvertedProfile> converted =
        StackFormats.GROUPS.convert(Uploads.utf8("main;f 7"), context);

    assertThat(converted).hasSize(1);
    Profile profile = Uploads.parse(converted.get(0));
    long unit = millisOrOne == 1 ? 1 : millisOrOne * 1_000_000;
    assertThat(converted.get(0).app()).isEqualTo(app);
    assertThat(converted.get(0).name()).isEqualTo(profileName);
    assertThat(Uploads.sampleType(profile, 0)).isEqualTo(type);
    assertThat(Uploads.periodType(profile)).isEqualTo(period);
    assertThat(profile.getPeriod()).isEqualTo(unit == 1 ? 0 : unit);
    assertThat(Uploads.sums(profile, 0)).isEqualTo(Map.of("main;f", 7 * unit));
    assertThat(profile.getTimeNanos()).isEqualTo(Uploads.FROM_NANOS);
    assertThat(profile.getDurationNanos()).isEqualTo(Uploads.UNTIL_NANOS - Uploads.FROM_NANOS);
  }

  @Test
  void refusesNamesOfNoType() {
    assertThatThrownBy(() -> convert(StackFormats.GROUPS, Uploads.utf8("a 1"), "my.app"))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessage("unknown profile type: app");
  }

  @Test
  void readsTextAsItIsFoundInTheWild() {
    String text = "main;a b;c 2\r\n\nmain;a b;c 3  \nmain;;x 1\n 4\nzero 0\nlast 5";

    assertThat(Uploads.sums(convert(StackFormats.GROUPS, Uploads.utf8(text), "a.live"), 0))
        .isEqualTo(Map.of("main;a b;c", 5L, "main;;x", 1L, "", 4L, "last", 5L));
    assertThat(
            Uploads.sums(convert(StackFormats.LINES, Uploads.utf8("a;b\r\na;b\n\na"), "a.live"), 0))
        .isEqualTo(Map.of("a;b", 2L, "a", 1L));
  }

  @Test
  void makesNothingOfNothing() {
    for (ProfileConverter text : List.of(StackFormats.GROUPS, StackFormats.LINES)) {
      assertThat(text.convert(new byte[0], Uploads.context("app"))).isEmpty();
    }

    for (ProfileConverter binary : List.of(StackFormats.TRIE, StackFormats.TREE)) {
      assertThat(binary.convert(new byte[3], Uploads.context("app"))).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "main;f           | Byte 0: Line: 'main;f' (expected: a stack, a space, a count)",
        "a 1\\nmain;f x    | Byte 11: Count: 'x' (expected: 0..9223372036854775807)",
        "a -1             | Byte 2: Count: '-1'",
        "a 1.5            | Byte 2: Count: '1.5'",
        "a 9223372036854775808 | Byte 2: Count: '9223372036854775808'",
        "a 99999999999999999999999999 | Byte 2: Count: '99999999999999999999999999'",
        "a 9223372036854775807 | Value: 9223372036854775807 (expected: at most 922337203685)",
        "a 900000000000\\na 900000000000 | Values of one stack: 9000000000000000000 + 90000",
      })
  void refusesTextThatIsNotFolded(String text, String message) {
    byte[] upload = Uploads.utf8(text.replace("\\n", "\n"));

    assertThatThrownBy(() -> convert(StackFormats.GROUPS, upload, "app"))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusesTextThatIsNotUtf8() {
    byte[] upload = {'a', (byte) 0xff, ' ', '1'};

    assertThatThrownBy(() -> convert(StackFormats.GROUPS, upload, "app"))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageStartingWith("Text is not UTF-8");
    assertThat(Uploads.sums(convert(StackFormats.GROUPS, Uploads.utf8("\uFFFD 1"), "a.live"), 0))
        .isEqualTo(Map.of("\uFFFD", 1L));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                | Byte 0: Length of a name: the upload ends within",
        "00                                | Byte 1: Value: the upload ends within the number",
        "00 00                             | Byte 2: Number of children: the upload ends within",
        "00 00 01                          | Byte 2: Number of children: 1 (expected: what fits",
        "00 00 ff ff ff ff 0f              | Byte 2: Number of children: 4294967295",
        "ff ff ff ff 07 00 00              | Byte 0: Length of a name: 2147483647",
        "00 00 00 00                       | Byte 3: 1 bytes after the last node",
        "00 ff ff ff ff ff ff ff ff ff 01 00 | Byte 1: Value: 18446744073709551615",
        "00 ff ff ff ff ff ff ff ff ff 02 00 | Byte 1: Value: more than 64 bits",
        "00 ff ff ff ff ff ff ff ff ff ff 01 | Byte 1: Value: longer than 10 bytes",
        "00 00 01 01 ff 01 00              | Text is not UTF-8",
      })
  void refusesBinariesThatLie(String hex, String message) {
    byte[] upload = hex(hex);
    for (ProfileConverter converter : List.of(StackFormats.TREE, StackFormats.TRIE)) {
      assertThatThrownBy(() -> convert(converter, upload, "app"))
          .isInstanceOf(MalformedProfileException.class)
          .hasMessageContaining(message);
    }
  }

  @Test
  void refusesATreeWhoseRootHasAName() {
    assertThatThrownBy(() -> convert(StackFormats.TREE, hex("01 61 01 00"), "app"))
        .hasMessage("Byte 0: Name of the root: 1 bytes (expected: none)");
  }

  @Test
  void refusesMoreNamesThanAProfileMayHold() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      text.append("f".repeat(1_000)).append(i).append(" 1\n");
    }

    assertThatThrownBy(() -> convert(StackFormats.GROUPS, Uploads.utf8(text.toString()), "app"))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining("max_profile_size_byte, limit: 4194304");
  }

  @Test
  void refusesATrieThatRepeatsALongNameWithoutEnd() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int children = 100_000;
    FoldedEncoders.uvarint(out, 60_000);
    out.writeBytes(Uploads.utf8("f".repeat(60_000)));
    FoldedEncoders.uvarint(out, 0);
    FoldedEncoders.uvarint(out, children);
    for (int i = 0; i < children; i++) {
      out.writeBytes(hex("01 61 01 00"));
    }

    assertThatThrownBy(() -> convert(StackFormats.TRIE, out.toByteArray(), "app"))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining("Names that the upload repeats exceed 64 times its size");
  }

  @Test
  void neverFailsOtherwiseOnDamagedUploads() {
    Random random = new Random(7);
    Map<String, Integer> outcomes = new HashMap<>();
    for (int i = 0; i < 2_000; i++) {
      List<Counted> samples = FoldedEncoders.random(random, 10);
      byte[] upload = i % 2 == 0 ? FoldedEncoders.tree(samples) : FoldedEncoders.trie(samples);
      for (int damage = 0; damage <= i % 4; damage++) {
        upload[random.nextInt(upload.length)] = (byte) random.nextInt(256);
      }

      ProfileConverter converter = i % 2 == 0 ? StackFormats.TREE : StackFormats.TRIE;
      try {
        converter
            .convert(upload, Uploads.context("app"))
            .forEach(made -> PprofDecoder.decode(made.pprof(), PprofLimits.DEFAULT));
        outcomes.merge("read", 1, Integer::sum);
      } catch (MalformedProfileException e) {
        outcomes.merge("refused", 1, Integer::sum);
      }
    }

    assertThat(outcomes).containsOnlyKeys("read", "refused");
  }

  private static Profile convert(ProfileConverter converter, byte[] upload, String app) {
    List<ConvertedProfile> converted = converter.convert(upload, Uploads.context(app));
    assertThat(converted).hasSize(1);
    PprofDecoder.decode(converted.get(0).pprof(), PprofLimits.DEFAULT);
    return Uploads.parse(converted.get(0));
  }

  private static Arguments format(
      String name, ProfileConverter converter, Function<List<Counted>, byte[]> encoder) {
    return Arguments.of(name, converter, encoder);
  }

  private static byte[] hex(String text) {
    String digits = text.replace(" ", "");
    byte[] bytes = new byte[digits.length() / 2];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(digits, 2 * i, 2 * i + 2, 16);
    }

    return bytes;
  }
}
