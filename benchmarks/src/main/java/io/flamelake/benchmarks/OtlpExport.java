/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.Label;
import io.flamelake.model.LabelSet;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.testkit.SyntheticProfile;
import io.flamelake.testkit.TestProfiles;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.profiles.v1development.Function;
import io.opentelemetry.proto.profiles.v1development.KeyValueAndUnit;
import io.opentelemetry.proto.profiles.v1development.Line;
import io.opentelemetry.proto.profiles.v1development.Link;
import io.opentelemetry.proto.profiles.v1development.Location;
import io.opentelemetry.proto.profiles.v1development.Mapping;
import io.opentelemetry.proto.profiles.v1development.ProfilesDictionary;
import io.opentelemetry.proto.profiles.v1development.ResourceProfiles;
import io.opentelemetry.proto.profiles.v1development.Sample;
import io.opentelemetry.proto.profiles.v1development.ScopeProfiles;
import io.opentelemetry.proto.profiles.v1development.Stack;
import io.opentelemetry.proto.profiles.v1development.ValueType;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the pprofs of one pod as one export, whose profiles share a dictionary: of each pprof one
 * profile for each of its sample types, with the samples that have a value of it.
 */
final class OtlpExport {
  private final ProfilesDictionary.Builder dictionary =
      ProfilesDictionary.newBuilder()
          .addMappingTable(Mapping.getDefaultInstance())
          .addLocationTable(Location.getDefaultInstance())
          .addFunctionTable(Function.getDefaultInstance())
          .addLinkTable(Link.getDefaultInstance())
          .addStringTable("")
          .addAttributeTable(KeyValueAndUnit.getDefaultInstance())
          .addStackTable(Stack.getDefaultInstance());
  private final Map<String, Integer> strings = new HashMap<>(Map.of("", 0));
  private final Map<List<String>, Integer> functions = new HashMap<>();
  private final Map<List<Object>, Integer> locations = new HashMap<>();
  private final Map<List<Integer>, Integer> stacks = new HashMap<>();
  private final ScopeProfiles.Builder scope = ScopeProfiles.newBuilder();
  private final Resource.Builder resource = Resource.newBuilder();

  OtlpExport(LabelSet labels) {
    for (Label label : labels.labels()) {
      if (!label.name().startsWith("__")) {
        resource.addAttributes(
            KeyValue.newBuilder()
                .setKey(label.name().equals("service_name") ? "service.name" : label.name())
                .setValue(AnyValue.newBuilder().setStringValue(label.value())));
      }
    }
  }

  void add(SyntheticProfile synthetic) {
    Profile pprof = TestProfiles.parse(synthetic.pprof());
    int[] stackOfSample = new int[pprof.getSampleCount()];
    Map<Long, Integer> locationsById = locationsById(pprof);
    for (int i = 0; i < stackOfSample.length; i++) {
      List<Integer> stack = new ArrayList<>();
      pprof.getSample(i).getLocationIdList().forEach(id -> stack.add(locationsById.get(id)));
      stackOfSample[i] = stacks.computeIfAbsent(stack, this::addStack);
    }

    for (int type = 0; type < pprof.getSampleTypeCount(); type++) {
      io.opentelemetry.proto.profiles.v1development.Profile.Builder profile =
          scope
              .addProfilesBuilder()
              .setSampleType(type(pprof, pprof.getSampleType(type)))
              .setPeriodType(type(pprof, pprof.getPeriodType()))
              .setPeriod(pprof.getPeriod())
              .setTimeUnixNano(pprof.getTimeNanos())
              .setDurationNano(pprof.getDurationNanos());
      for (int i = 0; i < stackOfSample.length; i++) {
        long value = pprof.getSample(i).getValue(type);
        if (value != 0) {
          profile.addSamples(Sample.newBuilder().setStackIndex(stackOfSample[i]).addValues(value));
        }
      }
    }
  }

  ExportProfilesServiceRequest build() {
    return ExportProfilesServiceRequest.newBuilder()
        .addResourceProfiles(
            ResourceProfiles.newBuilder().setResource(resource).addScopeProfiles(scope))
        .setDictionary(dictionary)
        .build();
  }

  private Map<Long, Integer> locationsById(Profile pprof) {
    Map<Long, io.flamelake.proto.google.v1.Function> byFunctionId = new HashMap<>();
    pprof.getFunctionList().forEach(function -> byFunctionId.put(function.getId(), function));
    Map<Long, Integer> byId = new HashMap<>();
    for (io.flamelake.proto.google.v1.Location location : pprof.getLocationList()) {
      List<Object> frames = new ArrayList<>();
      Location.Builder added = Location.newBuilder();
      for (io.flamelake.proto.google.v1.Line line : location.getLineList()) {
        io.flamelake.proto.google.v1.Function function =
            requireNonNull(byFunctionId.get(line.getFunctionId()));
        String name = pprof.getStringTable((int) function.getName());
        String file = pprof.getStringTable((int) function.getFilename());
        frames.add(List.of(name, file, line.getLine()));
        added.addLines(
            Line.newBuilder().setFunctionIndex(function(name, file)).setLine(line.getLine()));
      }

      byId.put(location.getId(), locations.computeIfAbsent(frames, key -> addLocation(added)));
    }

    return byId;
  }

  private int function(String name, String file) {
    return functions.computeIfAbsent(
        List.of(name, file),
        key -> {
          dictionary.addFunctionTable(
              Function.newBuilder()
                  .setNameStrindex(string(name))
                  .setFilenameStrindex(string(file)));
          return dictionary.getFunctionTableCount() - 1;
        });
  }

  private int addLocation(Location.Builder location) {
    dictionary.addLocationTable(location);
    return dictionary.getLocationTableCount() - 1;
  }

  private int addStack(List<Integer> stack) {
    dictionary.addStackTable(Stack.newBuilder().addAllLocationIndices(stack));
    return dictionary.getStackTableCount() - 1;
  }

  private ValueType type(Profile pprof, io.flamelake.proto.google.v1.ValueType type) {
    return ValueType.newBuilder()
        .setTypeStrindex(string(pprof.getStringTable((int) type.getType())))
        .setUnitStrindex(string(pprof.getStringTable((int) type.getUnit())))
        .build();
  }

  private int string(String text) {
    return strings.computeIfAbsent(
        text,
        added -> {
          dictionary.addStringTable(added);
          return dictionary.getStringTableCount() - 1;
        });
  }
}
