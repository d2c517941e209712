/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.intake;

import com.google.protobuf.InvalidProtocolBufferException;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import java.util.function.Predicate;

/** Takes sample types out of a pprof. Rewrites the whole of it, so only for the rare case. */
final class SampleTypeFilter {

  private SampleTypeFilter() {}

  /**
   * Returns the pprof with only the sample types whose name passes.
   *
   * @param pprof uncompressed, and decoded without complaint before
   */
  static byte[] filter(byte[] pprof, Predicate<String> types) {
    Profile.Builder profile;
    try {
      profile = Profile.newBuilder().mergeFrom(pprof);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("A decoded pprof is no protobuf", e);
    }

    boolean[] kept = new boolean[profile.getSampleTypeCount()];
    for (int i = kept.length - 1; i >= 0; i--) {
      kept[i] = types.test(profile.getStringTable((int) profile.getSampleType(i).getType()));
      if (!kept[i]) {
        profile.removeSampleType(i);
      }
    }

    for (Sample.Builder sample : profile.getSampleBuilderList()) {
      Sample before = sample.build();
      sample.clearValue();
      for (int i = 0; i < kept.length; i++) {
        if (kept[i]) {
          sample.addValue(before.getValue(i));
        }
      }
    }

    return profile.build().toByteArray();
  }
}
