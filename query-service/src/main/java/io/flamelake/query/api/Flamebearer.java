/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.flamelake.model.ProfileType;
import io.flamelake.model.flamegraph.FunctionTable;
import io.flamelake.proto.querier.v1.FlameGraph;
import io.flamelake.proto.querier.v1.FlameGraphDiff;
import io.flamelake.proto.querier.v1.Level;
import io.flamelake.query.ProfileSeries;
import io.flamelake.query.TimeGrid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The JSON of {@code /pyroscope/render} and {@code /pyroscope/render-diff}: a flame graph with its
 * meaning and a timeline.
 */
final class Flamebearer {
  private static final int VERSION = 1;
  private static final long DEFAULT_SAMPLE_RATE = 100;
  private static final long CPU_SAMPLE_RATE = 1_000_000_000;
  private static final Set<String> COUNTED_OBJECTS =
      Set.of("inuse_objects", "alloc_objects", "goroutine", "samples");
  private static final JsonFactory JSON = new JsonFactory();

  private Flamebearer() {}

  /**
   * Writes a flame graph.
   *
   * @param timeline of everything that was selected
   * @param groups timelines by group, in the order they are written
   */
  static byte[] single(
      ProfileType type,
      FlameGraph graph,
      TimeGrid grid,
      ProfileSeries timeline,
      Map<String, ProfileSeries> groups) {
    return write(
        json -> {
          beginSingle(json, type, graph);
          json.writeFieldName("timeline");
          writeTimeline(json, grid, timeline);
          json.writeObjectFieldStart("groups");
          for (Map.Entry<String, ProfileSeries> group : groups.entrySet()) {
            json.writeFieldName(group.getKey());
            writeTimeline(json, grid, group.getValue());
          }

          json.writeEndObject();
          json.writeNullField("heatmap");
          json.writeEndObject();
        });
  }

  /** Writes a flame graph of no time in particular. */
  static byte[] single(ProfileType type, FlameGraph graph) {
    return write(
        json -> {
          beginSingle(json, type, graph);
          writeNoTimes(json);
          json.writeEndObject();
        });
  }

  /** Writes the difference of two flame graphs of one profile type. */
  static byte[] difference(ProfileType type, FlameGraphDiff graph) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeNumberField("version", VERSION);
          writeGraph(
              json,
              graph.getNamesList(),
              graph.getLevelsList(),
              graph.getTotal(),
              graph.getMaxSelf());
          writeMetadata(json, "double", type);
          writeNoTimes(json);
          json.writeNumberField("leftTicks", graph.getLeftTicks());
          json.writeNumberField("rightTicks", graph.getRightTicks());
          json.writeEndObject();
        });
  }

  /**
   * The table of functions.
   *
   * @param limit rows to write, 0 for all; {@code totalFunctions} says how many there are
   */
  static byte[] functions(FunctionTable table, int limit) {
    return write(
        json -> {
          List<FunctionTable.Row> rows = table.functions();
          json.writeStartObject();
          json.writeArrayFieldStart("functions");
          int written = limit > 0 ? Math.min(limit, rows.size()) : rows.size();
          for (FunctionTable.Row row : rows.subList(0, written)) {
            json.writeStartObject();
            json.writeStringField("name", row.name());
            json.writeNumberField("self", row.self());
            json.writeNumberField("total", row.total());
            json.writeEndObject();
          }

          json.writeEndArray();
          json.writeNumberField("total", table.total());
          json.writeNumberField("totalFunctions", rows.size());
          json.writeEndObject();
        });
  }

  static byte[] strings(Iterable<String> values) {
    return write(
        json -> {
          json.writeStartArray();
          for (String value : values) {
            json.writeString(value);
          }

          json.writeEndArray();
        });
  }

  private static void beginSingle(JsonGenerator json, ProfileType type, FlameGraph graph)
      throws IOException {
    json.writeStartObject();
    json.writeNumberField("version", VERSION);
    writeGraph(
        json, graph.getNamesList(), graph.getLevelsList(), graph.getTotal(), graph.getMaxSelf());
    writeMetadata(json, "single", type);
  }

  private static void writeGraph(
      JsonGenerator json, List<String> names, List<Level> levels, long total, long maxSelf)
      throws IOException {
    json.writeObjectFieldStart("flamebearer");
    json.writeArrayFieldStart("names");
    for (String name : names) {
      json.writeString(name);
    }

    json.writeEndArray();
    json.writeArrayFieldStart("levels");
    for (Level level : levels) {
      json.writeStartArray();
      for (int i = 0; i < level.getValuesCount(); i++) {
        json.writeNumber(level.getValues(i));
      }

      json.writeEndArray();
    }

    json.writeEndArray();
    json.writeNumberField("numTicks", total);
    json.writeNumberField("maxSelf", maxSelf);
    json.writeEndObject();
  }

  /** What clients expect of a graph of no time in particular. */
  private static void writeNoTimes(JsonGenerator json) throws IOException {
    json.writeNullField("timeline");
    json.writeNullField("groups");
    json.writeNullField("heatmap");
  }

  private static void writeMetadata(JsonGenerator json, String format, ProfileType type)
      throws IOException {
    boolean isCpu = type.sampleType().equals("cpu");
    json.writeObjectFieldStart("metadata");
    json.writeStringField("format", format);
    json.writeStringField("spyName", "");
    json.writeNumberField("sampleRate", isCpu ? CPU_SAMPLE_RATE : DEFAULT_SAMPLE_RATE);
    json.writeStringField("units", units(type));
    json.writeStringField("name", type.sampleType());
    json.writeEndObject();
  }

  private static String units(ProfileType type) {
    if (type.sampleType().equals("cpu")) {
      return "samples";
    }

    return COUNTED_OBJECTS.contains(type.sampleType()) ? "objects" : type.sampleUnit();
  }

  /** A value for every point of the grid: what has no profiles is 0. */
  private static void writeTimeline(JsonGenerator json, TimeGrid grid, ProfileSeries series)
      throws IOException {
    json.writeStartObject();
    json.writeNumberField("startTime", grid.startMillis() / 1_000);
    json.writeArrayFieldStart("samples");
    int next = 0;
    for (int point = 0; point < grid.size(); point++) {
      long time = grid.pointMillis(point);
      if (next < series.timesMillis().length && series.timesMillis()[next] == time) {
        writeValue(json, series.values()[next++]);
      } else {
        json.writeNumber(0);
      }
    }

    json.writeEndArray();
    json.writeNumberField("durationDelta", grid.stepMillis() / 1_000);
    json.writeNullField("watermarks");
    json.writeEndObject();
  }

  private static void writeValue(JsonGenerator json, double value) throws IOException {
    if (value == Math.rint(value) && Math.abs(value) < 1L << 53) {
      json.writeNumber((long) value);
    } else {
      json.writeNumber(value);
    }
  }

  private interface Content {
    void writeTo(JsonGenerator json) throws IOException;
  }

  private static byte[] write(Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      content.writeTo(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return bytes.toByteArray();
  }
}
