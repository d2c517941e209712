/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.Malformed;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the name of an application says about the type of its profiles, in formats that say nothing
 * about it themselves: {@code shop.api.alloc_space} are bytes that {@code shop.api} allocated.
 *
 * @param app the name without that
 * @param kind one sample type
 * @param sampled whether values count samples, so that each stands for a period of time
 */
record AppProfileType(String app, ProfileKind kind, boolean sampled) {

  private static final SampleType CPU_NANOS = new SampleType("cpu", "nanoseconds");
  private static final String COUNT = "count";
  private static final String BYTES = "bytes";
  private static final String NANOSECONDS = "nanoseconds";
  private static final String MEMORY = "memory";

  private static final ProfileKind CPU =
      new ProfileKind("process_cpu", List.of(CPU_NANOS), CPU_NANOS);

  private static final ProfileKind WALL =
      new ProfileKind("wall", List.of(new SampleType("wall", NANOSECONDS)), CPU_NANOS);

  private static final Map<String, ProfileKind> KINDS = kinds();

  /**
   * Reads the name.
   *
   * @throws io.flamelake.model.pprof.MalformedProfileException if it ends in no known type
   */
  static AppProfileType of(String name) {
    int dot = name.lastIndexOf('.');
    if (dot < 0) {
      return new AppProfileType(name, CPU, true);
    }

    String suffix = name.substring(dot + 1);
    ProfileKind kind = KINDS.get(suffix);
    if (kind == null) {
      throw Malformed.of("unknown profile type: " + suffix);
    }

    return new AppProfileType(name.substring(0, dot), kind, kind == CPU || kind == WALL);
  }

  /** The unit of the values that are stored. */
  String unit() {
    return kind.sampleTypes().get(0).unit();
  }

  private static Map<String, ProfileKind> kinds() {
    Map<String, ProfileKind> kinds = new HashMap<>();
    for (String suffix : List.of("cpu", "itimer")) {
      kinds.put(suffix, CPU);
    }

    for (String suffix :
        List.of("wall", "seconds", "milliseconds", "microseconds", "nanoseconds")) {
      kinds.put(suffix, WALL);
    }

    for (String suffix :
        List.of(
            "inuse_objects",
            "alloc_objects",
            "alloc_in_new_tlab_objects",
            "alloc_outside_tlab_objects",
            "live")) {
      kinds.put(suffix, counted(MEMORY, suffix, COUNT));
    }

    for (String suffix :
        List.of(
            "inuse_space", "alloc_space", "alloc_in_new_tlab_bytes", "alloc_outside_tlab_bytes")) {
      kinds.put(suffix, counted(MEMORY, suffix, BYTES));
    }

    kinds.put("bytes", counted(MEMORY, "samples", BYTES));
    kinds.put("goroutines", counted("goroutine", "goroutines", COUNT));
    kinds.put("mutex_count", counted("mutex", "contentions", COUNT));
    kinds.put("mutex_duration", counted("mutex", "delay", NANOSECONDS));
    for (String suffix : List.of("block_count", "lock_count")) {
      kinds.put(suffix, counted("block", "contentions", COUNT));
    }

    for (String suffix : List.of("block_duration", "lock_duration")) {
      kinds.put(suffix, counted("block", "delay", NANOSECONDS));
    }

    kinds.put("exceptions", counted("exceptions", "samples", COUNT));
    return Map.copyOf(kinds);
  }

  private static ProfileKind counted(String name, String type, String unit) {
    return new ProfileKind(name, List.of(new SampleType(type, unit)), null);
  }
}
