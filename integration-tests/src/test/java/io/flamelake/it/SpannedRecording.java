/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.StackTrace;

/**
 * A recording with events as async-profiler writes them with Pyroscope's agent, made by the JDK:
 * samples of two functions, one of them in a context that has labels.
 */
final class SpannedRecording {
  static final String IN_SPAN = "sampleInSpan";
  static final String OUTSIDE = "sampleOutside";

  private static final long CONTEXT = 7;

  @Name("profiler.WallClockSample")
  @StackTrace
  static final class Sample extends Event {
    @Name("contextId")
    long contextId;

    @Name("samples")
    int samples;

    void commit(long context, int count) {
      contextId = context;
      samples = count;
      commit();
    }
  }

  private SpannedRecording() {}

  /** A form with a recording and the labels of its samples that are in the context. */
  static byte[] form(String boundary, int inSpan, int outside, Map<String, String> labels)
      throws IOException {
    ByteArrayOutputStream form = new ByteArrayOutputStream();
    writeField(form, boundary, "jfr", record(inSpan, outside));
    writeField(form, boundary, "labels", snapshot(labels));
    form.write(("--" + boundary + "--\r\n").getBytes(UTF_8));
    return form.toByteArray();
  }

  private static byte[] record(int inSpan, int outside) throws IOException {
    Path file = Files.createTempFile("spanned", ".jfr");
    try (Recording recording = new Recording()) {
      recording.enable(Sample.class);
      recording.start();
      sampleInSpan(inSpan);
      sampleOutside(outside);
      recording.stop();
      recording.dump(file);
      return Files.readAllBytes(file);
    } finally {
      Files.delete(file);
    }
  }

  private static void sampleInSpan(int count) {
    new Sample().commit(CONTEXT, count);
  }

  private static void sampleOutside(int count) {
    new Sample().commit(0, count);
  }

  /**
   * {@code LabelsSnapshot}: contexts by id, each with numbers of texts, and the texts by number.
   */
  private static byte[] snapshot(Map<String, String> labels) {
    UnknownFieldSet.Builder context = UnknownFieldSet.newBuilder();
    UnknownFieldSet.Builder snapshot = UnknownFieldSet.newBuilder();
    long number = 0;
    for (Map.Entry<String, String> label : labels.entrySet()) {
      long key = ++number;
      long value = ++number;
      context.mergeField(1, bytes(entry(key, number(value))));
      snapshot.mergeField(2, bytes(entry(key, text(label.getKey()))));
      snapshot.mergeField(2, bytes(entry(value, text(label.getValue()))));
    }

    snapshot.mergeField(1, bytes(entry(CONTEXT, bytes(context.build()))));
    return snapshot.build().toByteArray();
  }

  private static UnknownFieldSet entry(long key, Field value) {
    return UnknownFieldSet.newBuilder().addField(1, number(key)).addField(2, value).build();
  }

  private static Field number(long value) {
    return Field.newBuilder().addVarint(value).build();
  }

  private static Field text(String value) {
    return Field.newBuilder().addLengthDelimited(ByteString.copyFromUtf8(value)).build();
  }

  private static Field bytes(UnknownFieldSet message) {
    return Field.newBuilder().addLengthDelimited(message.toByteString()).build();
  }

  private static void writeField(
      ByteArrayOutputStream form, String boundary, String name, byte[] content) throws IOException {
    form.write(
        ("--%s\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n")
            .formatted(boundary, name, name)
            .getBytes(UTF_8));
    form.write(content);
    form.write("\r\n".getBytes(UTF_8));
  }
}
