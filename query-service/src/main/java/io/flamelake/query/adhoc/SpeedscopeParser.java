/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.adhoc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.model.flamegraph.CallTreeBuilder;
import io.flamelake.query.adhoc.UploadedProfile.Measured;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads speedscope's file format. Its profiles, which are mostly threads, are merged by the unit of
 * their values; times become nanoseconds.
 */
final class SpeedscopeParser {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final int[] functions;
  private final CallTreeBuilder tree;
  private final double scale;

  private SpeedscopeParser(int[] functions, CallTreeBuilder tree, double scale) {
    this.functions = functions;
    this.tree = tree;
    this.scale = scale;
  }

  /** What the values of a unit are called here. */
  private enum Unit {
    TIME("time", "nanoseconds"),
    BYTES("space", "bytes"),
    COUNT("samples", "count");

    private final String type;
    private final String unit;

    Unit(String type, String unit) {
      this.type = type;
      this.unit = unit;
    }
  }

  static UploadedProfile parse(String text) {
    JsonNode root;
    try {
      root = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UnreadableProfileException("Not JSON: " + e.getOriginalMessage());
    }

    JsonNode frames = root.path("shared").path("frames");
    JsonNode profiles = root.path("profiles");
    if (!frames.isArray() || !profiles.isArray() || profiles.isEmpty()) {
      throw new UnreadableProfileException("JSON, but not of speedscope");
    }

    Map<Unit, CallTreeBuilder> trees = new LinkedHashMap<>();
    for (JsonNode profile : profiles) {
      String unit = profile.path("unit").asText();
      CallTreeBuilder tree = trees.computeIfAbsent(unit(unit), key -> CallTree.builder());
      new SpeedscopeParser(functions(frames, tree), tree, scale(unit)).add(profile);
    }

    Map<String, Measured> types = new LinkedHashMap<>();
    trees.forEach((unit, tree) -> types.put(unit.type, new Measured(tree.build(), unit.unit)));
    return new UploadedProfile(types, "");
  }

  private static Unit unit(String unit) {
    return switch (unit) {
      case "nanoseconds", "microseconds", "milliseconds", "seconds" -> Unit.TIME;
      case "bytes" -> Unit.BYTES;
      case "none" -> Unit.COUNT;
      default -> throw new UnreadableProfileException("Unknown unit of speedscope: " + unit);
    };
  }

  private static double scale(String unit) {
    return switch (unit) {
      case "microseconds" -> 1e3;
      case "milliseconds" -> 1e6;
      case "seconds" -> 1e9;
      default -> 1;
    };
  }

  private static int[] functions(JsonNode frames, CallTreeBuilder tree) {
    int[] functions = new int[frames.size()];
    for (int i = 0; i < functions.length; i++) {
      functions[i] = tree.function(frames.get(i).path("name").asText());
    }

    return functions;
  }

  private void add(JsonNode profile) {
    String type = profile.path("type").asText();
    switch (type) {
      case "sampled" -> addSamples(profile.path("samples"), profile.path("weights"));
      case "evented" -> addEvents(profile.path("startValue").asDouble(), profile.path("events"));
      default ->
          throw new UnreadableProfileException("Unknown profile type of speedscope: " + type);
    }
  }

  private void addSamples(JsonNode samples, JsonNode weights) {
    if (!samples.isArray() || samples.size() != weights.size()) {
      throw new UnreadableProfileException(
          samples.size() + " samples, but " + weights.size() + " weights");
    }

    for (int i = 0; i < samples.size(); i++) {
      IntArrayList stack = new IntArrayList();
      for (JsonNode frame : samples.get(i)) {
        stack.add(function(frame));
      }

      add(stack, weights.get(i).asDouble());
    }
  }

  private void addEvents(double startValue, JsonNode events) {
    IntArrayList stack = new IntArrayList();
    double at = startValue;
    for (JsonNode event : events) {
      double next = event.path("at").asDouble();
      if (!stack.isEmpty()) {
        add(stack, next - at);
      }

      at = next;
      int function = function(event.path("frame"));
      if (event.path("type").asText().equals("O")) {
        stack.push(function);
      } else if (stack.isEmpty() || stack.popInt() != function) {
        throw new UnreadableProfileException(
            "A frame is closed that is not the innermost open one");
      }
    }

    if (!stack.isEmpty()) {
      throw new UnreadableProfileException("A frame is not closed");
    }
  }

  private int function(JsonNode frame) {
    int index = frame.asInt(-1);
    if (index < 0 || index >= functions.length) {
      throw new UnreadableProfileException("No such frame: " + frame);
    }

    return functions[index];
  }

  private void add(IntArrayList stack, double value) {
    // Written so that NaN is refused.
    if (!(value >= 0 && value * scale <= Long.MAX_VALUE)) {
      throw new UnreadableProfileException("A weight or a time span is " + value);
    }

    int depth = Math.min(stack.size(), UploadedProfile.MAX_DEPTH);
    tree.add(stack.elements(), 0, depth, Math.round(value * scale));
  }
}
