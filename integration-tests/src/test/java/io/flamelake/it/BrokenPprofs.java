/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.flamelake.proto.google.v1.Label;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import io.flamelake.testkit.Gzip;
import io.flamelake.testkit.TestProfiles;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Profiles that no profiler writes, by what is wrong with them. Each is {@link
 * TestProfiles#tinyCpu} with one fault, so all but the fault is known to be right.
 */
final class BrokenPprofs {
  private static final byte VARINT_FIELD_TIME = 9 << 3;
  private static final byte LENGTH_FIELD_SAMPLE = 2 << 3 | 2;
  private static final byte LENGTH_FIELD_PACKED_COMMENTS = 13 << 3 | 2;
  private static final int BOMB_MEMBER_BYTES = 10 << 20;

  private BrokenPprofs() {}

  /** What has to be refused. */
  static Map<String, byte[]> malformed() {
    Profile good = good();
    byte[] plain = good.toByteArray();
    byte[] gzip = Gzip.compress(plain);
    Map<String, byte[]> broken = new LinkedHashMap<>();
    broken.put("no sample type", good.toBuilder().clearSampleType().build().toByteArray());
    broken.put("string index -1", withFunctionName(-1));
    broken.put("string index out of range", withFunctionName(good.getStringTableCount()));
    broken.put("sample type's string out of range", withSampleTypeName(1_000_000));
    broken.put("location id 0", withLocations(0));
    broken.put("unknown location id", withLocations(4711));
    broken.put("unknown mapping id", withMapping(4711));
    broken.put("more values than sample types", withValues(1, 2));
    broken.put("fewer values than sample types", withValues());
    broken.put("negative time", good.toBuilder().setTimeNanos(-1).build().toByteArray());
    broken.put("million labels", withLabels(1_000_000));
    broken.put("varint of 11 bytes", concat(plain, longVarint()));
    broken.put(
        "packed length beyond the buffer",
        concat(plain, new byte[] {LENGTH_FIELD_PACKED_COMMENTS, 100, 1, 1}));
    broken.put(
        "message length beyond the buffer",
        concat(plain, new byte[] {LENGTH_FIELD_SAMPLE, (byte) 0xff, (byte) 0xff, 0x7f}));
    broken.put("cut in the middle", Arrays.copyOf(plain, plain.length / 2));
    broken.put("no pprof at all", "neither fish nor fowl".getBytes(UTF_8));
    broken.put("gzip in gzip", Gzip.compress(gzip));
    broken.put("truncated gzip", Arrays.copyOf(gzip, gzip.length - 10));
    broken.put("garbage after gzip", concat(gzip, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
    broken.put("gzip bomb of 10 GiB", bomb(1024));
    return broken;
  }

  /** What is repaired, or merely unusual. */
  static Map<String, byte[]> repaired() {
    byte[] plain = good().toByteArray();
    Map<String, byte[]> repaired = new LinkedHashMap<>();
    repaired.put("time 0", good().toBuilder().setTimeNanos(0).build().toByteArray());
    repaired.put("period 0", good().toBuilder().setPeriod(0).build().toByteArray());
    repaired.put(
        "gzip of two members",
        concat(
            Gzip.compress(Arrays.copyOf(plain, plain.length / 2)),
            Gzip.compress(Arrays.copyOfRange(plain, plain.length / 2, plain.length))));
    return repaired;
  }

  /** One sample of 60 ns whose stack has 100,000 frames. */
  static byte[] deepStack() {
    Profile good = good();
    Sample deep =
        Sample.newBuilder()
            .addAllLocationId(Collections.nCopies(100_000, good.getLocation(0).getId()))
            .addValue(60)
            .build();
    return good.toBuilder().clearSample().addSample(deep).build().toByteArray();
  }

  /** Gzip of as many times 10 MiB of nothing, a thousandth as long. */
  static byte[] bomb(int members) {
    byte[] member = Gzip.compress(new byte[BOMB_MEMBER_BYTES]);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < members; i++) {
      out.writeBytes(member);
    }

    return out.toByteArray();
  }

  private static Profile good() {
    return TestProfiles.parse(TestProfiles.tinyCpu(Instant.now()));
  }

  private static byte[] withFunctionName(long index) {
    Profile.Builder profile = good().toBuilder();
    profile.getFunctionBuilder(0).setName(index);
    return profile.build().toByteArray();
  }

  private static byte[] withSampleTypeName(long index) {
    Profile.Builder profile = good().toBuilder();
    profile.getSampleTypeBuilder(0).setType(index);
    return profile.build().toByteArray();
  }

  private static byte[] withLocations(long id) {
    Profile.Builder profile = good().toBuilder();
    profile.getSampleBuilder(0).setLocationId(0, id);
    return profile.build().toByteArray();
  }

  private static byte[] withMapping(long id) {
    Profile.Builder profile = good().toBuilder();
    profile.getLocationBuilder(0).setMappingId(id);
    return profile.build().toByteArray();
  }

  private static byte[] withValues(long... values) {
    Profile.Builder profile = good().toBuilder();
    profile.getSampleBuilder(0).clearValue();
    for (long value : values) {
      profile.getSampleBuilder(0).addValue(value);
    }

    return profile.build().toByteArray();
  }

  private static byte[] withLabels(int count) {
    Profile.Builder profile = good().toBuilder();
    Label label = Label.newBuilder().setKey(1).setStr(1).build();
    profile.getSampleBuilder(0).addAllLabel(Collections.nCopies(count, label));
    return profile.build().toByteArray();
  }

  private static byte[] longVarint() {
    byte[] field = new byte[12];
    Arrays.fill(field, (byte) 0x80);
    field[0] = VARINT_FIELD_TIME;
    field[11] = 1;
    return field;
  }

  private static byte[] concat(byte[] first, byte[] second) {
    return ByteString.copyFrom(first).concat(ByteString.copyFrom(second)).toByteArray();
  }
}
