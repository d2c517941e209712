/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.normalize;

import io.flamelake.model.LabelSet;
import io.flamelake.proto.google.v1.Function;
import io.flamelake.proto.google.v1.Label;
import io.flamelake.proto.google.v1.Location;
import io.flamelake.proto.google.v1.Mapping;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Normalization told a second time, with maps and strings over protobuf's own message. */
final class BruteForce {

  /** What a row is found by. */
  record RowKey(String typeId, LabelSet labels) {}

  /** What makes samples of a row equal; frames are root first. */
  record SampleKey(List<String> frames, String spanId, String traceId) {}

  private static final Set<String> NEVER_GROUPING =
      Set.of(
          "",
          "__name__",
          "__profile_type__",
          "__type__",
          "__unit__",
          "__period_type__",
          "__period_unit__",
          "__service_name__",
          "__delta__",
          "__session_id__",
          "service_name",
          "span_id",
          "profile_id",
          "trace_id");

  private final Profile profile;
  private final Map<Long, Location> locations = new HashMap<>();
  private final Map<Long, Function> functions = new HashMap<>();
  private final Map<Long, Mapping> mappings = new HashMap<>();

  BruteForce(Profile profile) {
    this.profile = profile;
    profile.getLocationList().forEach(location -> locations.put(location.getId(), location));
    profile.getFunctionList().forEach(function -> functions.put(function.getId(), function));
    profile.getMappingList().forEach(mapping -> mappings.put(mapping.getId(), mapping));
  }

  Map<RowKey, Map<SampleKey, Long>> rows(LabelSet pushed) {
    Map<RowKey, Map<SampleKey, Long>> rows = new HashMap<>();
    for (Sample sample : profile.getSampleList()) {
      List<String> frames = frames(sample);
      if (frames == null || sample.getValueList().stream().anyMatch(value -> value < 0)) {
        continue;
      }

      SampleKey key =
          new SampleKey(
              frames,
              firstId(sample, 16, Set.of("span_id", "profile_id")),
              firstId(sample, 32, Set.of("trace_id")));
      for (int type = 0; type < profile.getSampleTypeCount(); type++) {
        if (sample.getValue(type) > 0) {
          rows.computeIfAbsent(
                  new RowKey(typeId(pushed, type), labels(pushed, sample)), k -> new HashMap<>())
              .merge(key, sample.getValue(type), Long::sum);
        }
      }
    }

    return rows;
  }

  private String typeId(LabelSet pushed, int type) {
    return String.join(
        ":",
        pushed.value("__name__"),
        text(profile.getSampleType(type).getType()),
        text(profile.getSampleType(type).getUnit()),
        text(profile.getPeriodType().getType()),
        text(profile.getPeriodType().getUnit()));
  }

  private LabelSet labels(LabelSet pushed, Sample sample) {
    Map<String, String> labels = new HashMap<>();
    pushed.labels().forEach(label -> labels.put(label.name(), label.value()));
    for (Label label : sample.getLabelList()) {
      if (!NEVER_GROUPING.contains(text(label.getKey())) && !text(label.getStr()).isEmpty()) {
        labels.putIfAbsent(text(label.getKey()), text(label.getStr()));
      }
    }

    labels.remove("__name__");
    labels.remove("__delta__");
    return LabelSet.of(labels);
  }

  private String firstId(Sample sample, int digits, Set<String> names) {
    for (Label label : sample.getLabelList()) {
      String value = text(label.getStr());
      if (names.contains(text(label.getKey())) && value.matches("[0-9a-f]{" + digits + "}")) {
        return value;
      }
    }

    return "0".repeat(digits);
  }

  private @Nullable List<String> frames(Sample sample) {
    List<String> frames = new ArrayList<>();
    for (int i = sample.getLocationIdCount() - 1; i >= 0; i--) {
      Location location = Objects.requireNonNull(locations.get(sample.getLocationId(i)));
      if (location.getLineCount() == 0 && location.getAddress() == 0) {
        return null;
      }

      for (int j = location.getLineCount() - 1; j >= 0; j--) {
        Function function =
            Objects.requireNonNull(functions.get(location.getLine(j).getFunctionId()));
        String name = text(function.getName());
        name = name.isEmpty() ? text(function.getSystemName()) : name;
        long line = location.getLine(j).getLine();
        line = line > Integer.MAX_VALUE || line < Integer.MIN_VALUE ? 0 : line;
        frames.add(frame(plain(name), text(function.getFilename()), line));
      }

      if (location.getLineCount() == 0) {
        frames.add(unsymbolized(location));
      }
    }

    return frames;
  }

  static String frame(String name, String file, long line) {
    return name + " " + file + " " + line;
  }

  static String unsymbolizedFrame(String name, String file, String buildId, long address) {
    return name + " " + file + " " + buildId + " @" + address;
  }

  private String unsymbolized(Location location) {
    Mapping mapping = mappings.getOrDefault(location.getMappingId(), Mapping.getDefaultInstance());
    long address = location.getAddress();
    if (mapping.getMemoryStart() > 0
        && address >= mapping.getMemoryStart()
        && address < mapping.getMemoryLimit()) {
      address += mapping.getFileOffset() - mapping.getMemoryStart();
    }

    String file = text(mapping.getFilename());
    String binary = file.isEmpty() ? "unknown" : file.replaceAll(".*/", "");
    return unsymbolizedFrame(
        String.format("%s!0x%x", binary, address), file, text(mapping.getBuildId()), address);
  }

  /** The only shapes that the random profiles have. */
  private static String plain(String name) {
    return switch (name) {
      case "slices.Sort[go.shape.int]", "slices.Sort[go.shape.string]" -> "slices.Sort[...]";
      case "maps.Keys[go.shape.map[go.shape.[]uint8]int].func1[go.shape.bool]" ->
          "maps.Keys[...].func1[...]";
      default -> name;
    };
  }

  private String text(long index) {
    return profile.getStringTable((int) index);
  }
}
