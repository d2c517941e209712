/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.pprof;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.flamelake.proto.google.v1.Function;
import io.flamelake.proto.google.v1.Label;
import io.flamelake.proto.google.v1.Location;
import io.flamelake.proto.google.v1.Mapping;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Holds the decoder to protobuf's generated code, on profiles as they should be and as not. */
class PprofDecoderFuzzTest {

  private static final PprofLimits LIMITS = PprofLimits.DEFAULT;

  @Test
  void readsRandomProfilesAsProtobufDoes() {
    Random random = new Random(1);
    for (int i = 0; i < 2_000; i++) {
      Profile profile = RandomProfiles.next(random);
      assertEqual(PprofDecoder.decode(profile.toByteArray(), LIMITS), profile);
    }
  }

  @Test
  void readsARangeOfAnArray() {
    Profile profile = RandomProfiles.next(new Random(2));
    byte[] bytes = profile.toByteArray();
    byte[] padded = new byte[bytes.length + 20];
    new Random(3).nextBytes(padded);
    System.arraycopy(bytes, 0, padded, 7, bytes.length);

    assertEqual(PprofDecoder.decode(padded, 7, bytes.length, LIMITS), profile);
  }

  @Test
  void readsUnpackedMixedAndUnknownFields() throws IOException {
    Random random = new Random(4);
    for (int i = 0; i < 500; i++) {
      Profile profile = RandomProfiles.next(random);
      byte[] bytes = rewrite(profile, random);

      assertEqual(PprofDecoder.decode(bytes, LIMITS), profile);
    }
  }

  @Test
  void acceptsMutatedBytesExactlyWhenProtobufAndTheChecksDo() {
    Random random = new Random(5);
    int accepted = 0;
    int rounds = 60_000;
    byte[] bytes = {};
    for (int i = 0; i < rounds; i++) {
      if (i % 40 == 0) {
        bytes = RandomProfiles.next(random).toByteArray();
      }

      accepted += checkAgreement(mutate(bytes, random)) ? 1 : 0;
    }

    assertThat(accepted).as("both outcomes are exercised").isBetween(rounds / 20, rounds * 19 / 20);
  }

  @Test
  void acceptsRandomBytesExactlyWhenProtobufAndTheChecksDo() {
    Random random = new Random(6);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);
      checkAgreement(bytes);
    }
  }

  private static boolean checkAgreement(byte[] bytes) {
    Profile expected = null;
    try {
      Profile parsed = Profile.parseFrom(bytes);
      expected = ProfileChecks.isAcceptable(parsed, LIMITS) ? parsed : null;
    } catch (InvalidProtocolBufferException e) {
      // Refused by both, or the comparison below fails.
    }

    Pprof actual = null;
    String refusal = "";
    try {
      actual = PprofDecoder.decode(bytes, LIMITS);
    } catch (MalformedProfileException e) {
      refusal = String.valueOf(e.getMessage());
    }

    if (refusal.startsWith("Varint longer")) {
      // Of a longer varint, protobuf-java takes ten bytes and goes on with the eleventh.
      return false;
    }

    if (actual == null || expected == null) {
      assertThat(actual == null)
          .as("refused, by us for: %s; by protobuf: %s", refusal, expected)
          .isEqualTo(expected == null);
      return false;
    }

    assertEqual(actual, expected);
    return true;
  }

  private static byte[] mutate(byte[] bytes, Random random) {
    byte[] mutated = bytes.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(mutated.length);
      switch (random.nextInt(5)) {
        case 0 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> mutated[at] = (byte) random.nextInt();
        case 2 -> mutated = Arrays.copyOf(mutated, 1 + at);
        case 3 -> mutated[at] = (byte) 0xFF;
        default -> {
          byte[] shorter = new byte[mutated.length - 1];
          System.arraycopy(mutated, 0, shorter, 0, at);
          System.arraycopy(mutated, at + 1, shorter, at, shorter.length - at);
          mutated = shorter.length == 0 ? mutated : shorter;
        }
      }
    }

    return mutated;
  }

  /** The same profile as other writers would put it: unpacked, split up, with fields to skip. */
  private static byte[] rewrite(Profile profile, Random random) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeInt64(9, 12345);
    out.writeUInt64(100, -1);
    out.writeFixed32(101, 7);
    out.writeTag(102, 3);
    out.writeDouble(1, 1.5);
    out.writeString(2, "skipped");
    out.writeTag(102, 4);
    out.writeRawBytes(profile.toBuilder().clearSample().build().toByteArray());
    for (Sample sample : profile.getSampleList()) {
      ByteArrayOutputStream sampleBytes = new ByteArrayOutputStream();
      CodedOutputStream sampleOut = CodedOutputStream.newInstance(sampleBytes);
      List<Long> locations = sample.getLocationIdList();
      int packed = random.nextInt(locations.size() + 1);
      Sample head = Sample.newBuilder().addAllLocationId(locations.subList(0, packed)).build();
      sampleOut.writeRawBytes(head.toByteArray());
      for (long id : locations.subList(packed, locations.size())) {
        sampleOut.writeUInt64(1, id);
      }

      for (long value : sample.getValueList()) {
        sampleOut.writeInt64(2, value);
      }

      sampleOut.writeBytes(50, sample.toByteString());
      for (Label label : sample.getLabelList()) {
        sampleOut.writeMessage(3, label);
      }

      sampleOut.flush();
      out.writeByteArray(2, sampleBytes.toByteArray());
    }

    // An empty period type changes nothing, and the last scalar counts.
    out.writeByteArray(11, new byte[0]);
    out.writeInt64(9, profile.getTimeNanos());
    out.flush();
    return bytes.toByteArray();
  }

  private static void assertEqual(Pprof actual, Profile expected) {
    assertHeaderEqual(actual, expected);
    assertTablesEqual(actual, expected);
    assertThat(actual.sampleCount()).isEqualTo(expected.getSampleCount());
    for (int i = 0; i < actual.sampleCount(); i++) {
      assertSampleEqual(actual, i, expected, expected.getSample(i));
    }
  }

  private static void assertHeaderEqual(Pprof actual, Profile expected) {
    assertThat(actual.sampleTypeCount()).isEqualTo(expected.getSampleTypeCount());
    for (int i = 0; i < actual.sampleTypeCount(); i++) {
      assertThat(actual.sampleType(i))
          .isEqualTo(text(expected, expected.getSampleType(i).getType()));
      assertThat(actual.sampleUnit(i))
          .isEqualTo(text(expected, expected.getSampleType(i).getUnit()));
    }

    assertThat(actual.periodType()).isEqualTo(text(expected, expected.getPeriodType().getType()));
    assertThat(actual.periodUnit()).isEqualTo(text(expected, expected.getPeriodType().getUnit()));
    assertThat(actual.period()).isEqualTo(expected.getPeriod());
    assertThat(actual.timeNanos()).isEqualTo(expected.getTimeNanos());
    assertThat(actual.durationNanos()).isEqualTo(expected.getDurationNanos());
    assertThat(actual.dropFrames()).isEqualTo(text(expected, expected.getDropFrames()));
    assertThat(actual.keepFrames()).isEqualTo(text(expected, expected.getKeepFrames()));
    assertThat(actual.defaultSampleType())
        .isEqualTo(text(expected, expected.getDefaultSampleType()));
    assertThat(actual.commentCount()).isEqualTo(expected.getCommentCount());
    for (int i = 0; i < actual.commentCount(); i++) {
      assertThat(actual.comment(i)).isEqualTo(text(expected, expected.getComment(i)));
    }
  }

  private static void assertTablesEqual(Pprof actual, Profile expected) {
    assertThat(actual.stringCount()).isEqualTo(expected.getStringTableCount());
    for (int i = 0; i < actual.stringCount(); i++) {
      assertThat(actual.string(i)).isEqualTo(expected.getStringTable(i));
    }

    List<Mapping> mappings =
        expected.getMappingList().stream().filter(mapping -> mapping.getId() != 0).toList();
    assertThat(actual.mappingCount()).isEqualTo(mappings.size());
    for (int i = 0; i < mappings.size(); i++) {
      Mapping mapping = mappings.get(i);
      assertThat(actual.mappingStart(i)).isEqualTo(mapping.getMemoryStart());
      assertThat(actual.mappingLimit(i)).isEqualTo(mapping.getMemoryLimit());
      assertThat(actual.mappingOffset(i)).isEqualTo(mapping.getFileOffset());
      assertThat(actual.mappingFile(i)).isEqualTo((int) mapping.getFilename());
      assertThat(actual.mappingBuildId(i)).isEqualTo((int) mapping.getBuildId());
    }

    assertThat(actual.functionCount()).isEqualTo(expected.getFunctionCount());
    for (int i = 0; i < actual.functionCount(); i++) {
      Function function = expected.getFunction(i);
      assertThat(actual.functionName(i)).isEqualTo((int) function.getName());
      assertThat(actual.functionSystemName(i)).isEqualTo((int) function.getSystemName());
      assertThat(actual.functionFile(i)).isEqualTo((int) function.getFilename());
      assertThat(actual.functionStartLine(i)).isEqualTo(function.getStartLine());
    }

    List<Long> mappingIds = mappings.stream().map(Mapping::getId).toList();
    List<Long> functionIds = expected.getFunctionList().stream().map(Function::getId).toList();
    assertThat(actual.locationCount()).isEqualTo(expected.getLocationCount());
    for (int i = 0; i < actual.locationCount(); i++) {
      Location location = expected.getLocation(i);
      assertThat(actual.locationAddress(i)).isEqualTo(location.getAddress());
      assertThat(actual.locationMapping(i)).isEqualTo(mappingIds.indexOf(location.getMappingId()));
      assertThat(actual.lineEnd(i) - actual.lineStart(i)).isEqualTo(location.getLineCount());
      for (int j = 0; j < location.getLineCount(); j++) {
        int line = actual.lineStart(i) + j;
        assertThat(actual.lineFunction(line))
            .isEqualTo(functionIds.indexOf(location.getLine(j).getFunctionId()));
        assertThat(actual.lineNumber(line)).isEqualTo(location.getLine(j).getLine());
      }
    }
  }

  private static void assertSampleEqual(
      Pprof actual, int sample, Profile profile, Sample expected) {
    List<Long> ids = profile.getLocationList().stream().map(Location::getId).toList();
    assertThat(actual.stackEnd(sample) - actual.stackStart(sample))
        .isEqualTo(expected.getLocationIdCount());
    for (int i = 0; i < expected.getLocationIdCount(); i++) {
      assertThat(actual.location(actual.stackStart(sample) + i))
          .isEqualTo(ids.indexOf(expected.getLocationId(i)));
    }

    for (int i = 0; i < expected.getValueCount(); i++) {
      assertThat(actual.value(sample, i)).isEqualTo(expected.getValue(i));
    }

    assertThat(actual.labelEnd(sample) - actual.labelStart(sample))
        .isEqualTo(expected.getLabelCount());
    for (int i = 0; i < expected.getLabelCount(); i++) {
      int label = actual.labelStart(sample) + i;
      assertThat(actual.labelKey(label)).isEqualTo((int) expected.getLabel(i).getKey());
      assertThat(actual.labelString(label)).isEqualTo((int) expected.getLabel(i).getStr());
      assertThat(actual.labelNumber(label)).isEqualTo(expected.getLabel(i).getNum());
      assertThat(actual.labelUnit(label)).isEqualTo((int) expected.getLabel(i).getNumUnit());
    }
  }

  private static String text(Profile profile, long index) {
    return profile.getStringTable((int) index);
  }
}
