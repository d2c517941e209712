/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.pprof;

import io.flamelake.proto.google.v1.Function;
import io.flamelake.proto.google.v1.Label;
import io.flamelake.proto.google.v1.Line;
import io.flamelake.proto.google.v1.Location;
import io.flamelake.proto.google.v1.Mapping;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import io.flamelake.proto.google.v1.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Valid profiles that use every corner of the format, small enough to check by brute force. */
public final class RandomProfiles {

  private static final List<String> NAMES =
      List.of(
          "",
          "main",
          "runtime.mallocgc",
          "slices.Sort[go.shape.int]",
          "slices.Sort[go.shape.string]",
          "maps.Keys[go.shape.map[go.shape.[]uint8]int].func1[go.shape.bool]",
          "java/lang/Thread.run",
          "größe",
          "関数",
          "[unknown]",
          "a[0]");
  private static final List<String> FILES =
      List.of("", "/usr/bin/app", "/lib/libc.so.6", "main.go", "Thread.java");
  private static final List<String> LABEL_NAMES =
      List.of(
          "pod",
          "route",
          "span_id",
          "profile_id",
          "trace_id",
          "service_name",
          "__type__",
          "thread",
          "bytes");
  private static final List<String> LABEL_VALUES =
      List.of(
          "",
          "a",
          "b",
          "00000000000000ab",
          "1111111111111111",
          "00000000000000000000000000000001",
          "ffffffffffffffffffffffffffffffff",
          "zz");

  private final Random random;
  private final List<String> strings = new ArrayList<>();

  private RandomProfiles(Random random) {
    this.random = random;
  }

  public static Profile next(Random random) {
    return new RandomProfiles(random).build();
  }

  private Profile build() {
    Profile.Builder profile = Profile.newBuilder();
    strings.add("");
    int types = 1 + random.nextInt(3);
    for (int i = 0; i < types; i++) {
      profile.addSampleType(
          ValueType.newBuilder().setType(string("type" + i)).setUnit(string("count")));
    }

    if (random.nextBoolean()) {
      profile.setPeriodType(
          ValueType.newBuilder().setType(string("cpu")).setUnit(string("nanoseconds")));
    }

    profile
        .setPeriod(random.nextInt(3))
        .setTimeNanos(random.nextInt(4) == 0 ? 0 : 1_700_000_000_000_000_000L + random.nextInt())
        .setDurationNanos(random.nextLong())
        .setDropFrames(string("drop"))
        .setKeepFrames(string("keep"))
        .setDefaultSampleType(string("type0"));
    for (int i = random.nextInt(3); i > 0; i--) {
      profile.addComment(string("comment" + i));
    }

    List<Long> mappings = ids(random.nextInt(3));
    for (long id : mappings) {
      long start = random.nextInt(2) * 0x1000L;
      profile.addMapping(
          Mapping.newBuilder()
              .setId(id)
              .setMemoryStart(start)
              .setMemoryLimit(start + 0x1000)
              .setFileOffset(random.nextInt(2) * 0x500L)
              .setFilename(string(pick(FILES)))
              .setBuildId(string(random.nextBoolean() ? "" : "build" + random.nextInt(2)))
              .setHasFunctions(random.nextBoolean()));
    }

    List<Long> functions = ids(1 + random.nextInt(8));
    for (long id : functions) {
      String name = pick(NAMES);
      profile.addFunction(
          Function.newBuilder()
              .setId(id)
              .setName(string(name))
              .setSystemName(string(name.isEmpty() ? "_ZN4main" : name))
              .setFilename(string(pick(FILES)))
              .setStartLine(random.nextInt(5)));
    }

    List<Long> locations = ids(1 + random.nextInt(12));
    for (long id : locations) {
      Location.Builder location = Location.newBuilder().setId(id);
      if (!mappings.isEmpty() && random.nextBoolean()) {
        location.setMappingId(pick(mappings));
      }

      // Rarely neither line nor address: a sample with it cannot be shown.
      boolean isUseless = random.nextInt(20) == 0;
      location.setAddress(isUseless ? 0 : 1 + random.nextInt(0x3000));
      if (!isUseless) {
        for (int i = random.nextInt(3); i > 0; i--) {
          long line = random.nextInt(10) == 0 ? random.nextLong() : random.nextInt(3);
          location.addLine(Line.newBuilder().setFunctionId(pick(functions)).setLine(line));
        }
      }

      profile.addLocation(location);
    }

    for (int i = random.nextInt(30); i > 0; i--) {
      profile.addSample(sample(types, locations));
    }

    return profile.addAllStringTable(strings).build();
  }

  private Sample sample(int types, List<Long> locations) {
    Sample.Builder sample = Sample.newBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      sample.addLocationId(pick(locations));
    }

    for (int i = 0; i < types; i++) {
      int kind = random.nextInt(20);
      sample.addValue(kind == 0 ? -5 : kind < 7 ? 0 : random.nextInt(1_000));
    }

    if (random.nextBoolean()) {
      return sample.build();
    }

    Set<String> names = new LinkedHashSet<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      names.add(pick(LABEL_NAMES));
    }

    for (String name : names) {
      Label.Builder label = Label.newBuilder().setKey(string(name));
      if (name.equals("bytes")) {
        label.setNum(random.nextInt(5)).setNumUnit(string("bytes"));
      } else {
        label.setStr(string(pick(LABEL_VALUES)));
      }

      sample.addLabel(label);
    }

    return sample.build();
  }

  private List<Long> ids(int count) {
    Set<Long> ids = new LinkedHashSet<>();
    boolean isDense = random.nextBoolean();
    while (ids.size() < count) {
      long id = isDense ? ids.size() + 1 : random.nextLong();
      if (id != 0) {
        ids.add(id);
      }
    }

    return List.copyOf(ids);
  }

  /** Mostly reuses strings; writers that repeat them exist. */
  private int string(String value) {
    int known = strings.indexOf(value);
    if (known >= 0 && random.nextInt(10) > 0) {
      return known;
    }

    strings.add(value);
    return strings.size() - 1;
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
