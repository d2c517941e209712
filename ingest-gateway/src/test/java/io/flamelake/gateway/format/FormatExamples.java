/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.proto.jfr.v1.Context;
import io.flamelake.proto.jfr.v1.LabelsSnapshot;
import java.util.List;
import java.util.Random;

/** Uploads of a few hundred bytes in each format, for other modules' tests to begin with. */
public final class FormatExamples {

  private static final int SAMPLES = 12;

  private FormatExamples() {}

  /** Text with counts and text without. */
  public static List<byte[]> folded() {
    return List.of(
        FoldedEncoders.groups(samples()), Uploads.utf8("main;f\r\nmain;g h;<unknown>\n\nmain\n"));
  }

  public static List<byte[]> tries() {
    return List.of(FoldedEncoders.trie(samples()));
  }

  public static List<byte[]> trees() {
    return List.of(FoldedEncoders.tree(samples()));
  }

  /** Files with samples and with events. */
  public static List<byte[]> speedscopes() {
    String head =
        "{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\",\"shared\":{\"frames\":"
            + "[{\"name\":\"main\",\"file\":\"m.c\",\"line\":3},{\"name\":\"größe\"}]},\"profiles\":[";
    String sampled =
        "{\"type\":\"sampled\",\"name\":\"t1\",\"unit\":\"milliseconds\",\"startValue\":0,"
            + "\"endValue\":9,\"samples\":[[0],[0,1],[]],\"weights\":[1.5,2,0]}";
    String evented =
        "{\"type\":\"evented\",\"name\":\"t2\",\"unit\":\"none\",\"startValue\":0,\"endValue\":9,"
            + "\"events\":[{\"type\":\"O\",\"frame\":0,\"at\":1},{\"type\":\"O\",\"frame\":1,\"at\":"
            + "2e0},{\"type\":\"C\",\"frame\":1,\"at\":4},{\"type\":\"C\",\"frame\":0,\"at\":9}]}";
    return List.of(
        Uploads.utf8(head + sampled + "]}"),
        Uploads.utf8(head + evented + "]}"),
        Uploads.utf8(head + sampled + "," + evented + "],\"exporter\":\"x\"}"));
  }

  /** Recordings of seven bytes allocated by {@code A.f} in context 5, and of two chunks. */
  public static List<byte[]> recordings() {
    JfrFile.Element types = JfrFile.types();
    List<JfrFile.Element> declared = types.children.get(0).children;
    declared.get(declared.size() - 1).with(JfrFile.field("contextId", JfrFile.INT));
    byte[] sample = JfrFile.event(JfrFile.MALLOC, JfrFile.numbers(1, 7, 5));
    byte[] chunk = JfrFile.of(types, JfrFile.pools(), sample);
    return List.of(chunk, JfrFile.bytes(chunk, chunk));
  }

  /** Labels of the context 5, for {@link #recordings}. */
  public static byte[] recordingLabels() {
    return LabelsSnapshot.newBuilder()
        .putStrings(1, "route")
        .putStrings(2, "/cart")
        .putContexts(5, Context.newBuilder().putLabels(1, 2).build())
        .build()
        .toByteArray();
  }

  private static List<FoldedEncoders.Counted> samples() {
    return FoldedEncoders.random(new Random(1), SAMPLES);
  }
}
