/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import static io.flamelake.fuzz.Bounds.check;

import io.flamelake.gateway.format.ConvertedProfile;
import io.flamelake.gateway.format.FormatExamples;
import io.flamelake.gateway.format.JfrConverter;
import io.flamelake.model.pprof.PprofGzip;
import io.flamelake.testkit.Gzip;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Flight recordings and their labels. An input is the length of the labels in two bytes, the labels
 * and the recording; no length, or one beyond the end, is a recording without labels.
 */
public final class JfrFuzz {

  private static final int LENGTH_BYTES = 2;

  private JfrFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    int labelsLength = input.length < LENGTH_BYTES ? 0 : ByteBuffer.wrap(input).getShort() & 0xffff;
    int recordingStart = LENGTH_BYTES + labelsLength;
    if (labelsLength == 0 || recordingStart > input.length) {
      recordingStart = Math.min(LENGTH_BYTES, input.length);
      labelsLength = 0;
    }

    byte[] recording = Arrays.copyOfRange(input, recordingStart, input.length);
    JfrConverter converter =
        labelsLength == 0
            ? new JfrConverter()
            : new JfrConverter(Arrays.copyOfRange(input, LENGTH_BYTES, recordingStart));
    List<ConvertedProfile> converted = Conversions.convert(converter, Conversions.APP, recording);
    if (converted != null && !PprofGzip.isGzip(recording, 0, recording.length)) {
      List<ConvertedProfile> again =
          Conversions.convert(converter, Conversions.APP, Gzip.compress(recording));
      check(
          again != null && sums(again).equals(sums(converted)),
          "Compressed, the recording says something else");
    }
  }

  static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (byte[] recording : FormatExamples.recordings()) {
      seeds.add(input(new byte[0], recording));
      seeds.add(input(FormatExamples.recordingLabels(), recording));
      seeds.add(input(new byte[0], Gzip.compress(recording)));
    }

    return seeds;
  }

  private static byte[] input(byte[] labels, byte[] recording) {
    return ByteBuffer.allocate(LENGTH_BYTES + labels.length + recording.length)
        .putShort((short) labels.length)
        .put(labels)
        .put(recording)
        .array();
  }

  private static List<Map<List<String>, Long>> sums(List<ConvertedProfile> converted) {
    return converted.stream()
        .map(profile -> Pprofs.sums(Pprofs.decode(profile.pprof()), 0))
        .toList();
  }
}
