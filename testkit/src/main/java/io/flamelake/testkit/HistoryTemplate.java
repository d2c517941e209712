/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import com.google.protobuf.CodedOutputStream;
import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.model.pprof.PprofFrame;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The profiles of some stacks, encoded but for values and time: a pprof is the bytes that all of
 * them have in common, its samples and its time. Protobuf takes fields in any order.
 */
final class HistoryTemplate {
  private static final int TAG_BYTES = 1;

  private final int[] stacks;
  private final byte[] common;

  /** Of each sample, the field with its locations. */
  private final List<byte[]> locations = new ArrayList<>();

  HistoryTemplate(HistoryStacks pool, int[] stacks, ProfileType type, long period) {
    this.stacks = stacks.clone();
    PprofBuilder builder =
        new PprofBuilder()
            .addSampleType(type.sampleType(), type.sampleUnit())
            .periodType(type.periodType(), type.periodUnit())
            .period(period)
            .durationNanos(ProfileHistory.INTERVAL.toNanos());
    for (int stack : stacks) {
      List<PprofFrame> leafFirst = new ArrayList<>(pool.frames(stack));
      Collections.reverse(leafFirst);
      builder.addSample(leafFirst, LabelSet.EMPTY, 0);
    }

    Profile profile = TestProfiles.parse(builder.toByteArray());
    for (Sample sample : profile.getSampleList()) {
      locations.add(sample.toBuilder().clearValue().build().toByteArray());
    }

    this.common = profile.toBuilder().clearSample().build().toByteArray();
  }

  int samples() {
    return stacks.length;
  }

  int stack(int sample) {
    return stacks[sample];
  }

  /** A pprof with a value for each sample. */
  byte[] pprof(long timeNanos, long[] values) {
    int size =
        common.length
            + CodedOutputStream.computeInt64Size(Profile.TIME_NANOS_FIELD_NUMBER, timeNanos);
    for (int i = 0; i < stacks.length; i++) {
      int sample = sampleSize(i, values[i]);
      size += TAG_BYTES + CodedOutputStream.computeUInt32SizeNoTag(sample) + sample;
    }

    byte[] pprof = new byte[size];
    CodedOutputStream out = CodedOutputStream.newInstance(pprof);
    try {
      out.writeRawBytes(common);
      out.writeInt64(Profile.TIME_NANOS_FIELD_NUMBER, timeNanos);
      for (int i = 0; i < stacks.length; i++) {
        out.writeTag(Profile.SAMPLE_FIELD_NUMBER, 2);
        out.writeUInt32NoTag(sampleSize(i, values[i]));
        out.writeRawBytes(locations.get(i));
        // One value is a packed list of one.
        out.writeTag(Sample.VALUE_FIELD_NUMBER, 2);
        out.writeUInt32NoTag(CodedOutputStream.computeInt64SizeNoTag(values[i]));
        out.writeInt64NoTag(values[i]);
      }

      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return pprof;
  }

  private int sampleSize(int sample, long value) {
    int valueSize = CodedOutputStream.computeInt64SizeNoTag(value);
    return locations.get(sample).length
        + TAG_BYTES
        + CodedOutputStream.computeUInt32SizeNoTag(valueSize)
        + valueSize;
  }
}
