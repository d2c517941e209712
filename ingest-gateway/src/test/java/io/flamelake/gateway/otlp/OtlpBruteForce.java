/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import io.flamelake.gateway.intake.PushedProfile;
import io.flamelake.model.Label;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.profiles.v1development.KeyValueAndUnit;
import io.opentelemetry.proto.profiles.v1development.Line;
import io.opentelemetry.proto.profiles.v1development.Link;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ProfilesDictionary;
import io.opentelemetry.proto.profiles.v1development.ResourceProfiles;
import io.opentelemetry.proto.profiles.v1development.Sample;
import io.opentelemetry.proto.profiles.v1development.ScopeProfiles;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an export says, counted from its objects one sample after the other, and what its conversion
 * says, counted from pprof's objects: one line for each kind of sample, and its sum.
 */
final class OtlpBruteForce {

  private OtlpBruteForce() {}

  static Map<String, Long> sums(ExportProfilesServiceRequest export) {
    Map<String, Long> sums = new TreeMap<>();
    for (ResourceProfiles resource : export.getResourceProfilesList()) {
      for (ScopeProfiles scope : resource.getScopeProfilesList()) {
        Map<String, String> attributes = new LinkedHashMap<>();
        addAttributes(attributes, resource.getResource().getAttributesList());
        addAttributes(attributes, scope.getScope().getAttributesList());
        for (Profile profile : scope.getProfilesList()) {
          for (Sample sample : profile.getSamplesList()) {
            add(sums, export.getDictionary(), attributes, profile, sample);
          }
        }
      }
    }

    return sums;
  }

  private static void addAttributes(Map<String, String> attributes, List<KeyValue> added) {
    for (KeyValue attribute : added) {
      String text = text(attribute.getValue());
      if (!text.isEmpty()) {
        attributes.putIfAbsent(attribute.getKey(), text);
      }
    }
  }

  private static String text(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case INT_VALUE -> Long.toString(value.getIntValue());
      case ARRAY_VALUE ->
          value.getArrayValue().getValuesCount() == 1
              ? text(value.getArrayValue().getValues(0))
              : "";
      default -> "";
    };
  }

  private static void add(
      Map<String, Long> sums,
      ProfilesDictionary dictionary,
      Map<String, String> attributes,
      Profile profile,
      Sample sample) {
    long value =
        sample.getValuesCount() > 0
            ? sample.getValuesList().stream().mapToLong(Long::longValue).sum()
            : sample.getTimestampsUnixNanoCount();
    if (sample.getValuesCount() + sample.getTimestampsUnixNanoCount() == 0) {
      return;
    }

    Map<String, String> labels = new TreeMap<>(attributes);
    Map<String, String> own = new TreeMap<>();
    for (int index : sample.getAttributeIndicesList()) {
      KeyValueAndUnit attribute = dictionary.getAttributeTable(index);
      if (attribute.getValue().hasStringValue()) {
        own.putIfAbsent(
            dictionary.getStringTable(attribute.getKeyStrindex()),
            attribute.getValue().getStringValue());
      }
    }

    String service = own.getOrDefault("service.name", attributes.getOrDefault("service.name", ""));
    if (service.isEmpty()) {
      String executable =
          own.getOrDefault(
              "process.executable.name", attributes.getOrDefault("process.executable.name", ""));
      service = executable.isEmpty() ? "unknown_service" : "unknown_service:" + executable;
    }

    if (labels.containsKey("service.name")) {
      labels.put("service.name", service);
    }

    own.remove("service.name");
    own.forEach(labels::putIfAbsent);
    labels.put("service_name", service);
    labels.put("__delta__", "false");
    labels.put("__otel__", "true");

    String type =
        type(
            dictionary,
            profile.getSampleType().getTypeStrindex(),
            profile.getSampleType().getUnitStrindex());
    String period =
        type(
            dictionary,
            profile.getPeriodType().getTypeStrindex(),
            profile.getPeriodType().getUnitStrindex());
    if (type.equals("samples:count") && period.equals("cpu:nanoseconds")) {
      type = "cpu:nanoseconds";
      value *= profile.getPeriod();
    }

    String name = period.substring(0, period.indexOf(':'));
    name = name.equals("cpu") && type.equals("cpu:nanoseconds") ? "process_cpu" : name;
    name =
        period.equals(":")
            ? (type.equals("off_cpu:nanoseconds") ? "off_cpu" : "process_cpu")
            : name;
    labels.put("__name__", name);

    Link link = dictionary.getLinkTable(sample.getLinkIndex());
    String line =
        labels
            + " "
            + type
            + ":"
            + period
            + ":"
            + profile.getPeriod()
            + " "
            + profile.getTimeUnixNano()
            + "+"
            + profile.getDurationNano()
            + " span="
            + HexFormat.of().formatHex(link.getSpanId().toByteArray())
            + " trace="
            + HexFormat.of().formatHex(link.getTraceId().toByteArray())
            + " "
            + stack(dictionary, sample.getStackIndex());
    sums.merge(line, value, Long::sum);
  }

  private static String type(ProfilesDictionary dictionary, int type, int unit) {
    return dictionary.getStringTable(type) + ":" + dictionary.getStringTable(unit);
  }

  private static String stack(ProfilesDictionary dictionary, int stack) {
    List<String> frames = new ArrayList<>();
    for (int index : dictionary.getStackTable(stack).getLocationIndicesList()) {
      var location = dictionary.getLocationTable(index);
      for (Line line : location.getLinesList()) {
        var function = dictionary.getFunctionTable(line.getFunctionIndex());
        frames.add(
            dictionary.getStringTable(function.getNameStrindex())
                + "@"
                + dictionary.getStringTable(function.getFilenameStrindex())
                + ":"
                + line.getLine());
      }

      if (location.getLinesCount() == 0 && location.getAddress() != 0) {
        var mapping = dictionary.getMappingTable(location.getMappingIndex());
        frames.add(
            dictionary.getStringTable(mapping.getFilenameStrindex())
                + "+"
                + location.getAddress()
                + "-"
                + mapping.getMemoryStart()
                + "-"
                + mapping.getMemoryLimit()
                + "-"
                + mapping.getFileOffset());
      }
    }

    return String.join(";", frames);
  }

  static Map<String, Long> sums(OtlpConversion conversion) {
    Map<String, Long> sums = new TreeMap<>();
    for (OtlpConversion.Series series : conversion.series()) {
      Map<String, String> labels = new TreeMap<>();
      for (Label label : series.pushed().labels()) {
        if (labels.put(label.name(), label.value()) != null) {
          throw new AssertionError("Twice: " + label);
        }
      }

      for (PushedProfile pushed : series.pushed().profiles()) {
        addPprof(sums, labels, pushed.bytes());
      }
    }

    return sums;
  }

  private static void addPprof(Map<String, Long> sums, Map<String, String> series, byte[] bytes) {
    var pprof = PprofProto.parse(bytes);
    String type = PprofProto.type(pprof, pprof.getSampleType(0));
    String period = PprofProto.type(pprof, pprof.getPeriodType());
    for (var sample : pprof.getSampleList()) {
      Map<String, String> labels = new TreeMap<>(series);
      Map<String, String> ids = new TreeMap<>();
      for (var label : sample.getLabelList()) {
        String key = pprof.getStringTable((int) label.getKey());
        String text = pprof.getStringTable((int) label.getStr());
        if (key.equals("span_id") || key.equals("trace_id")) {
          ids.put(key, text);
        } else if (!text.isEmpty()) {
          labels.putIfAbsent(key, text);
        }
      }

      String line =
          labels
              + " "
              + type
              + ":"
              + period
              + ":"
              + pprof.getPeriod()
              + " "
              + pprof.getTimeNanos()
              + "+"
              + pprof.getDurationNanos()
              + " span="
              + ids.getOrDefault("span_id", "")
              + " trace="
              + ids.getOrDefault("trace_id", "")
              + " "
              + PprofProto.stack(pprof, sample);
      sums.merge(line, sample.getValue(0), Long::sum);
    }
  }
}
