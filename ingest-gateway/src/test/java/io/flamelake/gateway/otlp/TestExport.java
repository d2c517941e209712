/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.profiles.v1development.Function;
import io.opentelemetry.proto.profiles.v1development.KeyValueAndUnit;
import io.opentelemetry.proto.profiles.v1development.Line;
import io.opentelemetry.proto.profiles.v1development.Link;
import io.opentelemetry.proto.profiles.v1development.Location;
import io.opentelemetry.proto.profiles.v1development.Mapping;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ProfilesDictionary;
import io.opentelemetry.proto.profiles.v1development.ResourceProfiles;
import io.opentelemetry.proto.profiles.v1development.Sample;
import io.opentelemetry.proto.profiles.v1development.ScopeProfiles;
import io.opentelemetry.proto.profiles.v1development.Stack;
import io.opentelemetry.proto.profiles.v1development.ValueType;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Builds exports from OpenTelemetry's own classes, of the layout 1.10. */
public final class TestExport {

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
  private final Map<String, Integer> locations = new HashMap<>();
  private final List<ResourceProfiles> resources = new ArrayList<>();

  public ProfilesDictionary.Builder dictionary() {
    return dictionary;
  }

  public int string(String text) {
    return strings.computeIfAbsent(
        text,
        added -> {
          dictionary.addStringTable(added);
          return dictionary.getStringTableCount() - 1;
        });
  }

  public ValueType type(String type, String unit) {
    return ValueType.newBuilder()
        .setTypeStrindex(string(type))
        .setUnitStrindex(string(unit))
        .build();
  }

  /** A location with a function each, the innermost first. */
  public int location(String... functions) {
    return locations.computeIfAbsent(
        String.join("|", functions),
        key -> {
          Location.Builder location = Location.newBuilder();
          for (String function : functions) {
            location.addLines(line(function));
          }

          return add(location);
        });
  }

  public Line.Builder line(String function) {
    dictionary.addFunctionTable(
        Function.newBuilder()
            .setNameStrindex(string(function))
            .setFilenameStrindex(string(function + ".go")));
    return Line.newBuilder().setFunctionIndex(dictionary.getFunctionTableCount() - 1).setLine(7);
  }

  public int add(Location.Builder location) {
    dictionary.addLocationTable(location);
    return dictionary.getLocationTableCount() - 1;
  }

  public int add(Mapping.Builder mapping) {
    dictionary.addMappingTable(mapping);
    return dictionary.getMappingTableCount() - 1;
  }

  /** A stack of functions, leaf first. */
  public int stack(String... leafFirst) {
    int[] stack = new int[leafFirst.length];
    for (int i = 0; i < stack.length; i++) {
      stack[i] = location(leafFirst[i]);
    }

    return stack(stack);
  }

  public int stack(int... leafFirst) {
    Stack.Builder stack = Stack.newBuilder();
    for (int location : leafFirst) {
      stack.addLocationIndices(location);
    }

    dictionary.addStackTable(stack);
    return dictionary.getStackTableCount() - 1;
  }

  public int attribute(String key, AnyValue value) {
    dictionary.addAttributeTable(
        KeyValueAndUnit.newBuilder().setKeyStrindex(string(key)).setValue(value));
    return dictionary.getAttributeTableCount() - 1;
  }

  public int attribute(String key, String value) {
    return attribute(key, text(value));
  }

  public int link(String traceId, String spanId) {
    dictionary.addLinkTable(Link.newBuilder().setTraceId(hex(traceId)).setSpanId(hex(spanId)));
    return dictionary.getLinkTableCount() - 1;
  }

  /** CPU samples of 10 ms each. */
  public Profile.Builder cpu(Sample.Builder... samples) {
    Profile.Builder profile =
        Profile.newBuilder()
            .setSampleType(type("samples", "count"))
            .setPeriodType(type("cpu", "nanoseconds"))
            .setPeriod(10_000_000)
            .setDurationNano(5_000_000_000L);
    for (Sample.Builder sample : samples) {
      profile.addSamples(sample);
    }

    return profile;
  }

  public static Sample.Builder sample(int stack, long... values) {
    Sample.Builder sample = Sample.newBuilder().setStackIndex(stack);
    for (long value : values) {
      sample.addValues(value);
    }

    return sample;
  }

  /** Adds a resource of one scope. */
  public TestExport resource(Map<String, AnyValue> attributes, Profile.Builder... profiles) {
    ScopeProfiles.Builder scope = ScopeProfiles.newBuilder();
    for (Profile.Builder profile : profiles) {
      scope.addProfiles(profile);
    }

    return add(
        ResourceProfiles.newBuilder()
            .setResource(Resource.newBuilder().addAllAttributes(keyValues(attributes)))
            .addScopeProfiles(scope));
  }

  public TestExport service(String service, Profile.Builder... profiles) {
    return resource(Map.of("service.name", text(service)), profiles);
  }

  public TestExport add(ResourceProfiles.Builder resource) {
    resources.add(resource.build());
    return this;
  }

  public ExportProfilesServiceRequest build() {
    return ExportProfilesServiceRequest.newBuilder()
        .addAllResourceProfiles(resources)
        .setDictionary(dictionary)
        .build();
  }

  public byte[] toByteArray() {
    return build().toByteArray();
  }

  public static Profile.Builder[] times(int count, Profile.Builder profile) {
    Profile.Builder[] profiles = new Profile.Builder[count];
    Arrays.fill(profiles, profile);
    return profiles;
  }

  public static Mapping.Builder mapping() {
    return Mapping.newBuilder();
  }

  public static AnyValue text(String value) {
    return AnyValue.newBuilder().setStringValue(value).build();
  }

  public static AnyValue number(long value) {
    return AnyValue.newBuilder().setIntValue(value).build();
  }

  public static List<KeyValue> keyValues(Map<String, AnyValue> attributes) {
    List<KeyValue> list = new ArrayList<>();
    attributes.forEach(
        (key, value) -> list.add(KeyValue.newBuilder().setKey(key).setValue(value).build()));
    return list;
  }

  public static ByteString hex(String digits) {
    return ByteString.copyFrom(HexFormat.of().parseHex(digits));
  }
}
