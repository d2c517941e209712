/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import com.google.protobuf.InvalidProtocolBufferException;
import io.flamelake.gateway.TestProfiles;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.proto.google.v1.Location;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import io.flamelake.rpc.MemoryBudget;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Contexts of uploads, and what is in the profiles that were made of them. */
final class Uploads {

  static final long FROM_NANOS = 1_700_000_000_000_000_000L;
  static final long UNTIL_NANOS = FROM_NANOS + 10_000_000_000L;

  private Uploads() {}

  static UploadContext context(String app) {
    return context(app, 100, PprofLimits.DEFAULT, new MemoryBudget(256 << 20));
  }

  static UploadContext context(
      String app, int sampleRate, PprofLimits limits, MemoryBudget memory) {
    return new UploadContext(
        app, sampleRate, FROM_NANOS, UNTIL_NANOS, limits, 64 << 20, memory.open(), () -> false);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] gzip(byte[] bytes) {
    return TestProfiles.gzip(bytes);
  }

  static Profile parse(ConvertedProfile converted) {
    try {
      return Profile.parseFrom(converted.pprof());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** The sums of a pprof's values by stack, the root first, as folded text has it. */
  static Map<String, Long> sums(Profile profile, int sampleType) {
    Map<Long, String> functions = new HashMap<>();
    profile
        .getFunctionList()
        .forEach(f -> functions.put(f.getId(), profile.getStringTable((int) f.getName())));
    Map<Long, String> locations = new HashMap<>();
    for (Location location : profile.getLocationList()) {
      locations.put(location.getId(), functions.get(location.getLine(0).getFunctionId()));
    }

    Map<String, Long> sums = new TreeMap<>();
    for (Sample sample : profile.getSampleList()) {
      StringBuilder stack = new StringBuilder();
      for (int i = sample.getLocationIdCount() - 1; i >= 0; i--) {
        stack
            .append(i == sample.getLocationIdCount() - 1 ? "" : ";")
            .append(locations.get(sample.getLocationId(i)));
      }

      sums.merge(stack.toString(), sample.getValue(sampleType), Long::sum);
    }

    return sums;
  }

  /** One of the profile's sample types, as {@code type:unit}. */
  static String sampleType(Profile profile, int number) {
    return profile.getStringTable((int) profile.getSampleType(number).getType())
        + ":"
        + profile.getStringTable((int) profile.getSampleType(number).getUnit());
  }

  /** The profile's period type, as {@code type:unit}. */
  static String periodType(Profile profile) {
    return profile.getStringTable((int) profile.getPeriodType().getType())
        + ":"
        + profile.getStringTable((int) profile.getPeriodType().getUnit());
  }
}
