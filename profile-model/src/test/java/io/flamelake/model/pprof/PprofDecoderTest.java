/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.pprof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.flamelake.model.DiscardReason;
import io.flamelake.proto.google.v1.Function;
import io.flamelake.proto.google.v1.Label;
import io.flamelake.proto.google.v1.Line;
import io.flamelake.proto.google.v1.Location;
import io.flamelake.proto.google.v1.Mapping;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import io.flamelake.proto.google.v1.ValueType;
import java.util.Collections;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PprofDecoderTest {

  private static final PprofLimits LIMITS = PprofLimits.DEFAULT;

  static Stream<Arguments> malformedProfiles() {
    return Stream.of(
        bad("Empty profile: no sample type", Profile.Builder::clearSampleType),
        bad("String 0 should be empty string", p -> p.setStringTable(0, "x")),
        bad("String 0 should be empty string", Profile.Builder::clearStringTable),
        bad(
            "String index out of range: -1 for sample type (the table has 7 strings)",
            p -> p.getSampleTypeBuilder(0).setType(-1)),
        bad(
            "String index out of range: 7 for sample unit (the table has 7 strings)",
            p -> p.getSampleTypeBuilder(0).setUnit(7)),
        bad(
            "String index out of range: 4294967296 for period type",
            p -> p.getPeriodTypeBuilder().setType(1L << 32)),
        bad(
            "String index out of range: -1 for period unit",
            p -> p.getPeriodTypeBuilder().setUnit(-1)),
        bad("String index out of range: 9 for comment", p -> p.addComment(9)),
        bad("String index out of range: 9 for drop frames", p -> p.setDropFrames(9)),
        bad("String index out of range: 9 for keep frames", p -> p.setKeepFrames(9)),
        bad("String index out of range: 9 for default sample type", p -> p.setDefaultSampleType(9)),
        bad(
            "String index out of range: -1 for function name",
            p -> p.getFunctionBuilder(0).setName(-1)),
        bad(
            "String index out of range: 8 for function system name",
            p -> p.getFunctionBuilder(0).setSystemName(8)),
        bad(
            "String index out of range: 8 for function file name",
            p -> p.getFunctionBuilder(0).setFilename(8)),
        bad(
            "String index out of range: 8 for mapping file name",
            p -> p.getMappingBuilder(0).setFilename(8)),
        bad("String index out of range: 8 for build id", p -> p.getMappingBuilder(0).setBuildId(8)),
        bad(
            "String index out of range: -1 for label key",
            p -> p.getSampleBuilder(0).addLabel(Label.newBuilder().setKey(-1))),
        bad(
            "String index out of range: 8 for label value",
            p -> p.getSampleBuilder(0).addLabel(Label.newBuilder().setStr(8))),
        bad(
            "String index out of range: 8 for label unit",
            p -> p.getSampleBuilder(0).addLabel(Label.newBuilder().setNumUnit(8))),
        bad("Sample type contains -: alloc-space", p -> p.setStringTable(1, "alloc-space")),
        bad("Colon in sample type", p -> p.clearPeriodType().setStringTable(1, "a:b")),
        bad("Colon in sample unit", p -> p.clearPeriodType().setStringTable(2, "a:b")),
        bad("Colon in period type", p -> p.setStringTable(1, "a:b")),
        bad("Colon in period unit", p -> p.setStringTable(2, "a:b")),
        bad("Two sample types are cpu/count", p -> p.addSampleType(p.getSampleType(0))),
        bad("Location id is 0", p -> p.getLocationBuilder(0).setId(0)),
        bad("Function id is 0", p -> p.getFunctionBuilder(0).setId(0)),
        bad("Two locations have the id 1", p -> p.addLocation(p.getLocation(0))),
        bad("Two functions have the id 1", p -> p.addFunction(p.getFunction(0))),
        bad("Two mappings have the id 1", p -> p.addMapping(p.getMapping(0))),
        bad(
            "Sample 0 refers to unknown location id 0",
            p -> p.getSampleBuilder(0).setLocationId(0, 0)),
        bad(
            "Sample 0 refers to unknown location id 18446744073709551615",
            p -> p.getSampleBuilder(0).setLocationId(0, -1)),
        bad(
            "Location 1 refers to unknown function id 77",
            p -> p.getLocationBuilder(0).getLineBuilder(0).setFunctionId(77)),
        bad(
            "Location 1 refers to unknown function id 0",
            p -> p.getLocationBuilder(0).getLineBuilder(0).setFunctionId(0)),
        bad(
            "Location 1 refers to unknown mapping id 2",
            p -> p.getLocationBuilder(0).setMappingId(2)),
        bad(
            "Sample value length mismatch: sample 0 has 2 values (expected: 1)",
            p -> p.getSampleBuilder(0).addValue(1)),
        bad(
            "Sample value length mismatch: sample 1 has 0 values (expected: 1)",
            p -> p.addSample(Sample.newBuilder().addLocationId(1))),
        bad(
            "More than 64 sample types",
            p -> p.addAllSampleType(Collections.nCopies(64, p.getSampleType(0)))));
  }

  @ParameterizedTest
  @MethodSource("malformedProfiles")
  void refusesMalformedProfiles(String message, Consumer<Profile.Builder> change) {
    Profile.Builder profile = valid();
    change.accept(profile);

    assertRefused(profile.build().toByteArray(), DiscardReason.MALFORMED_PROFILE, message);
  }

  static Stream<Arguments> malformedBytes() {
    byte[] valid = valid().build().toByteArray();
    return Stream.of(
        Arguments.of("Varint longer than 10 bytes at byte 1", bytes("48ffffffffffffffffffff01")),
        Arguments.of("Input ends within a varint at byte 1", bytes("48ffff")),
        Arguments.of("exceeds the 1 bytes that follow", bytes("0a0508")),
        Arguments.of("Length 4294967295 at byte 1 exceeds", bytes("12ffffffff0f00")),
        Arguments.of("Invalid field number 0 at byte 0", bytes("0001")),
        Arguments.of("Unknown wire type 7", bytes("0f")),
        Arguments.of("Unknown wire type 6", bytes("0e")),
        Arguments.of("Unexpected end of group", bytes("a406")),
        Arguments.of("Input ends within a group", bytes("a306")),
        Arguments.of("Input ends within a field", bytes("a10600")),
        Arguments.of("nested groups", bytes("a306".repeat(200))),
        Arguments.of("Empty profile", new byte[0]),
        Arguments.of("Invalid utf8 string hex: 6180", concat(valid, bytes("32026180"))),
        Arguments.of(
            "Length 5 at byte " + (valid.length + 3) + " exceeds the 1 bytes",
            concat(valid, bytes("12030a0501"))));
  }

  @ParameterizedTest
  @MethodSource("malformedBytes")
  void refusesMalformedBytes(String message, byte[] bytes) {
    assertRefused(bytes, DiscardReason.MALFORMED_PROFILE, message);
  }

  @Test
  void acceptsPeriodZeroAndAnyTime() {
    Pprof pprof = decode(valid().setPeriod(0).setTimeNanos(-5).setDurationNanos(-1));

    assertThat(pprof.period()).isZero();
    assertThat(pprof.timeNanos()).isEqualTo(-5);
    assertThat(pprof.durationNanos()).isEqualTo(-1);
  }

  @Test
  void ignoresAMappingWithoutId() {
    Pprof pprof =
        decode(valid().addMapping(Mapping.getDefaultInstance()).addMapping(Mapping.newBuilder()));

    assertThat(pprof.mappingCount()).isEqualTo(1);
  }

  @Test
  void refusesMoreBytesThanTheLimit() {
    byte[] bytes = valid().build().toByteArray();
    PprofLimits limits = LIMITS.withMaxBytes(bytes.length - 1);

    assertThatThrownBy(() -> PprofDecoder.decode(bytes, limits))
        .isInstanceOfSatisfying(
            MalformedProfileException.class,
            e -> assertThat(e.reason()).isEqualTo(DiscardReason.PROFILE_SIZE_LIMIT))
        .hasMessageContaining("actual: " + bytes.length + ", limit: " + (bytes.length - 1));
    assertThat(PprofDecoder.decode(bytes, LIMITS.withMaxBytes(bytes.length)).sampleCount())
        .isEqualTo(1);
  }

  @Test
  void refusesMoreSamplesThanTheLimit() {
    Profile.Builder profile = valid();
    Sample sample = profile.getSample(0);
    profile.addAllSample(Collections.nCopies(15_999, sample));
    assertThat(decode(profile).sampleCount()).isEqualTo(16_000);

    profile.addSample(sample);
    assertRefused(profile.build().toByteArray(), DiscardReason.SAMPLES_LIMIT, "limit: 16000");
  }

  @Test
  void refusesMoreSampleLabelsThanTheLimit() {
    Profile.Builder profile = valid();
    Label label = Label.newBuilder().setKey(3).setStr(4).build();
    profile.getSampleBuilder(0).addAllLabel(Collections.nCopies(100, label));
    Pprof pprof = decode(profile);
    assertThat(pprof.labelEnd(0) - pprof.labelStart(0)).isEqualTo(100);

    profile.getSampleBuilder(0).addAllLabel(Collections.nCopies(1_000_000, label));
    assertRefused(
        profile.build().toByteArray(),
        LIMITS.withMaxBytes(64 << 20),
        DiscardReason.SAMPLE_LABELS_LIMIT,
        "limit: 100");
  }

  @Test
  void keepsTheRootSideOfADeepStack() {
    Profile.Builder profile = valid();
    for (int id = 2; id <= 100_000; id++) {
      profile.addLocation(Location.newBuilder().setId(id).setAddress(id));
      profile.getSampleBuilder(0).addLocationId(id);
    }

    profile.addSample(Sample.newBuilder().addLocationId(1).addValue(3));
    Pprof pprof = decode(profile);

    assertThat(pprof.stackEnd(0) - pprof.stackStart(0)).isEqualTo(1_000);
    assertThat(pprof.locationAddress(pprof.location(pprof.stackStart(0)))).isEqualTo(99_001);
    assertThat(pprof.locationAddress(pprof.location(pprof.stackEnd(0) - 1))).isEqualTo(100_000);
    assertThat(pprof.stackEnd(1) - pprof.stackStart(1)).isEqualTo(1);
  }

  @Test
  void keepsTheTailOfALongStringFromAWholeCodePoint() {
    Pprof ascii = decode(valid().setStringTable(3, "head" + "x".repeat(65_534) + "!"));
    assertThat(ascii.string(3)).isEqualTo("x".repeat(65_534) + "!");

    Pprof wide = decode(valid().setStringTable(3, "ü".repeat(65_534)));
    assertThat(wide.string(3)).isEqualTo("ü".repeat(32_767));
  }

  @Test
  void mergesRepeatedPeriodTypes() {
    ValueType first = ValueType.newBuilder().setType(1).setUnit(1).build();
    ValueType second = ValueType.newBuilder().setUnit(2).build();
    byte[] bytes =
        Stream.of(first, second)
            .map(type -> Profile.newBuilder().setPeriodType(type).build().toByteString())
            .reduce(valid().clearPeriodType().build().toByteString(), ByteString::concat)
            .toByteArray();

    Pprof pprof = PprofDecoder.decode(bytes, LIMITS);

    assertThat(pprof.periodType()).isEqualTo("cpu");
    assertThat(pprof.periodUnit()).isEqualTo("count");
  }

  @Test
  void takesMemoryInProportionToTheInput() {
    // Declares far more values than it has bytes for.
    Profile.Builder profile = valid();
    profile.clearSample();
    for (int i = 0; i < 60; i++) {
      profile.addStringTable("type" + i);
      profile.addSampleType(ValueType.newBuilder().setType(7 + i));
    }

    profile.addAllSample(Collections.nCopies(2_000_000, Sample.getDefaultInstance()));
    assertRefused(
        profile.build().toByteArray(),
        PprofLimits.STORED,
        DiscardReason.MALFORMED_PROFILE,
        "Sample value length mismatch: sample 0 has 0 values (expected: 61)");
  }

  private static Arguments bad(String message, Consumer<Profile.Builder> change) {
    return Arguments.of(message, change);
  }

  private static Profile.Builder valid() {
    return Profile.newBuilder()
        .addStringTable("")
        .addStringTable("cpu")
        .addStringTable("count")
        .addStringTable("main")
        .addStringTable("main.go")
        .addStringTable("/bin/app")
        .addStringTable("abcd")
        .addSampleType(ValueType.newBuilder().setType(1).setUnit(2))
        .setPeriodType(ValueType.newBuilder().setType(1).setUnit(2))
        .addMapping(Mapping.newBuilder().setId(1).setFilename(5).setBuildId(6))
        .addFunction(Function.newBuilder().setId(1).setName(3).setFilename(4))
        .addLocation(
            Location.newBuilder()
                .setId(1)
                .setMappingId(1)
                .addLine(Line.newBuilder().setFunctionId(1).setLine(10)))
        .addSample(Sample.newBuilder().addLocationId(1).addValue(1));
  }

  private static Pprof decode(Profile.Builder profile) {
    return PprofDecoder.decode(profile.build().toByteArray(), LIMITS);
  }

  private static void assertRefused(byte[] bytes, DiscardReason reason, String message) {
    assertRefused(bytes, LIMITS, reason, message);
  }

  private static void assertRefused(
      byte[] bytes, PprofLimits limits, DiscardReason reason, String message) {
    assertThatThrownBy(() -> PprofDecoder.decode(bytes, limits))
        .isInstanceOfSatisfying(
            MalformedProfileException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static byte[] concat(byte[] first, byte[] second) {
    return ByteString.copyFrom(first).concat(ByteString.copyFrom(second)).toByteArray();
  }
}
