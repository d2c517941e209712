/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.flamelake.model.ProfileType;
import io.flamelake.model.flamegraph.CallTree;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes a call tree in speedscope's file format: one sampled profile, a sample for each stack. */
final class Speedscope {
  private static final String SCHEMA = "https://www.speedscope.app/file-format-schema.json";
  private static final JsonFactory JSON = new JsonFactory();

  private Speedscope() {}

  static byte[] encode(ProfileType type, CallTree tree) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      write(type, tree, json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return bytes.toByteArray();
  }

  private static void write(ProfileType type, CallTree tree, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("$schema", SCHEMA);
    json.writeStringField("exporter", "flamelake");
    json.writeStringField("name", type.id());
    json.writeNumberField("activeProfileIndex", 0);
    json.writeObjectFieldStart("shared");
    int[] frames = writeFrames(tree, json);
    json.writeEndObject();
    json.writeArrayFieldStart("profiles");
    json.writeStartObject();
    json.writeStringField("type", "sampled");
    json.writeStringField("name", type.sampleType());
    json.writeStringField("unit", unit(type));
    json.writeNumberField("startValue", 0);
    json.writeNumberField("endValue", tree.total());
    json.writeArrayFieldStart("samples");
    for (int node = 0; node < tree.nodeCount(); node++) {
      if (tree.self(node) != 0) {
        writeStack(tree, node, frames, json);
      }
    }

    json.writeEndArray();
    json.writeArrayFieldStart("weights");
    for (int node = 0; node < tree.nodeCount(); node++) {
      if (tree.self(node) != 0) {
        json.writeNumber(tree.self(node));
      }
    }

    json.writeEndArray();
    json.writeEndObject();
    json.writeEndArray();
    json.writeEndObject();
  }

  /** Writes each function once and returns, for each node, which of them it is. */
  private static int[] writeFrames(CallTree tree, JsonGenerator json) throws IOException {
    Object2IntOpenHashMap<String> numbers = new Object2IntOpenHashMap<>();
    int[] frames = new int[tree.nodeCount()];
    json.writeArrayFieldStart("frames");
    for (int node = 1; node < frames.length; node++) {
      String name = tree.name(node);
      int next = numbers.size();
      frames[node] = numbers.computeIfAbsent(name, key -> next);
      if (frames[node] == next) {
        json.writeStartObject();
        json.writeStringField("name", name);
        json.writeEndObject();
      }
    }

    json.writeEndArray();
    return frames;
  }

  private static void writeStack(CallTree tree, int node, int[] frames, JsonGenerator json)
      throws IOException {
    IntArrayList leafFirst = new IntArrayList();
    for (int above = node; tree.parent(above) >= 0; above = tree.parent(above)) {
      leafFirst.add(frames[above]);
    }

    json.writeStartArray();
    for (int i = leafFirst.size() - 1; i >= 0; i--) {
      json.writeNumber(leafFirst.getInt(i));
    }

    json.writeEndArray();
  }

  private static String unit(ProfileType type) {
    return switch (type.sampleUnit()) {
      case "nanoseconds", "microseconds", "milliseconds", "seconds", "bytes" -> type.sampleUnit();
      default -> "none";
    };
  }
}
