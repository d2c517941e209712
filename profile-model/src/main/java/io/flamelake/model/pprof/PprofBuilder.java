/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.pprof;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.Label;
import io.flamelake.model.LabelSet;
import io.flamelake.proto.google.v1.Function;
import io.flamelake.proto.google.v1.Line;
import io.flamelake.proto.google.v1.Location;
import io.flamelake.proto.google.v1.Mapping;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import io.flamelake.proto.google.v1.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds a pprof from frames. Strings, functions, locations and mappings are kept once each and
 * numbered in the order of first use, so equal calls give equal bytes.
 *
 * <p>Locations are positions that {@link #location} and {@link #unsymbolizedLocation} hand out; a
 * caller with many stacks asks for each frame's once.
 */
public final class PprofBuilder {

  private record FunctionKey(String name, String file) {}

  private record LocationKey(int function, int line) {}

  private record MappingKey(String file, String buildId) {}

  private record AddressKey(int mapping, long address) {}

  private final Profile.Builder profile = Profile.newBuilder();
  private final Map<String, Integer> strings = new LinkedHashMap<>();
  private final Map<FunctionKey, Integer> functions = new LinkedHashMap<>();
  private final Map<LocationKey, Integer> locations = new LinkedHashMap<>();
  private final Map<MappingKey, Integer> mappings = new LinkedHashMap<>();
  private final Map<AddressKey, Integer> addresses = new LinkedHashMap<>();
  private int symbolizedMapping;

  public PprofBuilder() {
    string("");
  }

  /** Appends a sample type: every sample has one value for each. */
  public PprofBuilder addSampleType(String type, String unit) {
    profile.addSampleType(valueType(type, unit));
    return this;
  }

  public PprofBuilder defaultSampleType(String type) {
    profile.setDefaultSampleType(string(type));
    return this;
  }

  public PprofBuilder periodType(String type, String unit) {
    profile.setPeriodType(valueType(type, unit));
    return this;
  }

  public PprofBuilder period(long period) {
    profile.setPeriod(period);
    return this;
  }

  public PprofBuilder timeNanos(long timeNanos) {
    profile.setTimeNanos(timeNanos);
    return this;
  }

  public PprofBuilder durationNanos(long durationNanos) {
    profile.setDurationNanos(durationNanos);
    return this;
  }

  public PprofBuilder addComment(String comment) {
    profile.addComment(string(comment));
    return this;
  }

  /** The location of a line of a function. */
  public int location(String function, String file, int line) {
    int functionId = functions.computeIfAbsent(new FunctionKey(function, file), this::addFunction);
    return locations.computeIfAbsent(new LocationKey(functionId, line), this::addLocation);
  }

  /** The location of an address for which no function is known. */
  public int unsymbolizedLocation(String mappingFile, String buildId, long address) {
    int mapping = mappings.computeIfAbsent(new MappingKey(mappingFile, buildId), this::addMapping);
    return addresses.computeIfAbsent(new AddressKey(mapping, address), this::addAddress);
  }

  /** Appends a sample of frames. */
  public PprofBuilder addSample(List<PprofFrame> leafFirst, LabelSet labels, long... values) {
    int[] stack = new int[leafFirst.size()];
    for (int i = 0; i < stack.length; i++) {
      PprofFrame frame = leafFirst.get(i);
      stack[i] = location(frame.function(), frame.file(), frame.line());
    }

    return addSample(stack, labels, values);
  }

  /** Appends a sample without labels of functions without lines. */
  public PprofBuilder addSample(List<String> leafFirst, long... values) {
    return addSample(leafFirst.stream().map(PprofFrame::of).toList(), LabelSet.EMPTY, values);
  }

  /**
   * Appends a sample of locations, leaf first.
   *
   * @throws IllegalArgumentException unless there is one value per sample type
   */
  public PprofBuilder addSample(int[] leafFirst, LabelSet labels, long... values) {
    if (values.length != profile.getSampleTypeCount()) {
      throw new IllegalArgumentException(
          "values: " + values.length + " (expected: " + profile.getSampleTypeCount() + ")");
    }

    Sample.Builder sample = Sample.newBuilder();
    for (int location : leafFirst) {
      sample.addLocationId(location);
    }

    for (long value : values) {
      sample.addValue(value);
    }

    for (Label label : labels.labels()) {
      sample.addLabel(
          io.flamelake.proto.google.v1.Label.newBuilder()
              .setKey(string(label.name()))
              .setStr(string(label.value())));
    }

    profile.addSample(sample);
    return this;
  }

  public int sampleCount() {
    return profile.getSampleCount();
  }

  public Profile toProto() {
    return profile.clone().addAllStringTable(new ArrayList<>(strings.keySet())).build();
  }

  /** The uncompressed pprof. */
  public byte[] toByteArray() {
    return toProto().toByteArray();
  }

  private int string(String value) {
    return strings.computeIfAbsent(requireNonNull(value, "value"), key -> strings.size());
  }

  private ValueType valueType(String type, String unit) {
    return ValueType.newBuilder().setType(string(type)).setUnit(string(unit)).build();
  }

  private int addFunction(FunctionKey key) {
    int id = profile.getFunctionCount() + 1;
    int name = string(key.name);
    profile.addFunction(
        Function.newBuilder()
            .setId(id)
            .setName(name)
            .setSystemName(name)
            .setFilename(string(key.file)));
    return id;
  }

  private int addLocation(LocationKey key) {
    int id = profile.getLocationCount() + 1;
    profile.addLocation(
        Location.newBuilder()
            .setId(id)
            .setMappingId(symbolizedMapping())
            .addLine(Line.newBuilder().setFunctionId(key.function).setLine(key.line)));
    return id;
  }

  private int addAddress(AddressKey key) {
    int id = profile.getLocationCount() + 1;
    profile.addLocation(
        Location.newBuilder().setId(id).setMappingId(key.mapping).setAddress(key.address));
    return id;
  }

  private int addMapping(MappingKey key) {
    int id = profile.getMappingCount() + 1;
    profile.addMapping(
        Mapping.newBuilder()
            .setId(id)
            .setFilename(string(key.file))
            .setBuildId(string(key.buildId)));
    return id;
  }

  /** Readers look at the mapping to learn that nothing is left to symbolize. */
  private int symbolizedMapping() {
    if (symbolizedMapping == 0) {
      symbolizedMapping = profile.getMappingCount() + 1;
      profile.addMapping(
          Mapping.newBuilder()
              .setId(symbolizedMapping)
              .setHasFunctions(true)
              .setHasFilenames(true)
              .setHasLineNumbers(true)
              .setHasInlineFrames(true));
    }

    return symbolizedMapping;
  }
}
