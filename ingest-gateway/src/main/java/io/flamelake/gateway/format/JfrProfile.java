/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import java.util.List;

/** The profiles that the events of a JFR file belong to. */
enum JfrProfile {
  CPU(Types.CPU_KIND),
  WALL(Types.WALL_KIND),
  ALLOC_IN_NEW_TLAB(Types.allocation("alloc_in_new_tlab")),
  ALLOC_OUTSIDE_TLAB(Types.allocation("alloc_outside_tlab")),
  ALLOC_SAMPLE(Types.allocation("alloc_sample")),
  MUTEX(Types.contention("mutex")),
  BLOCK(Types.contention("block")),
  LIVE(
      new ProfileKind(
          "memory",
          List.of(new SampleType("live", Types.COUNT)),
          new SampleType("objects", Types.COUNT))),
  MALLOC(
      new ProfileKind(
          "malloc",
          List.of(
              new SampleType("malloc_objects", Types.COUNT),
              new SampleType("malloc_bytes", Types.BYTES)),
          Types.SPACE));

  private final ProfileKind kind;

  JfrProfile(ProfileKind kind) {
    this.kind = kind;
  }

  ProfileKind kind() {
    return kind;
  }

  /** Parts of types, which an enum's own constants may not refer to. */
  private static final class Types {

    static final String COUNT = "count";
    static final String BYTES = "bytes";
    static final String NANOSECONDS = "nanoseconds";
    static final SampleType SPACE = new SampleType("space", BYTES);

    static final ProfileKind CPU_KIND = time("process_cpu", "cpu");
    static final ProfileKind WALL_KIND = time("wall", "wall");

    static ProfileKind time(String name, String type) {
      SampleType nanos = new SampleType(type, NANOSECONDS);
      return new ProfileKind(name, List.of(nanos), nanos);
    }

    static ProfileKind allocation(String what) {
      return new ProfileKind(
          "memory",
          List.of(new SampleType(what + "_objects", COUNT), new SampleType(what + "_bytes", BYTES)),
          SPACE);
    }

    static ProfileKind contention(String name) {
      return new ProfileKind(
          name,
          List.of(new SampleType("contentions", COUNT), new SampleType("delay", NANOSECONDS)),
          new SampleType(name, COUNT));
    }
  }
}
