/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import io.flamelake.model.LabelSet;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.proto.google.v1.Mapping;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.segment.SegmentRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A simulated Go program, over all its restarts, whose allocations are known: it counts them a
 * second time, from profile to profile, without ever subtracting.
 */
public final class GoProcess {

  private static final String[] TYPES = {
    "memory:alloc_objects:count:space:bytes",
    "memory:alloc_space:bytes:space:bytes",
    "memory:inuse_objects:count:space:bytes",
    "memory:inuse_space:bytes:space:bytes"
  };
  private static final int ALLOC_TYPES = 2;
  private static final int FUNCTIONS = 12;
  private static final int PAGE = 4096;

  private final SplittableRandom random;
  private final LabelSet labels;
  private final boolean tellsProcess;

  /** As Go counts them: since the process began. By stack, in the order of the types. */
  private final Map<String, long[]> counts = new TreeMap<>();

  /** What the next profile that arrives will tell beyond the one before. */
  private final Map<String, long[]> unreported = new TreeMap<>();

  private boolean hasReported;
  private long vdso;
  private long lastMillis;
  private int starts;

  /**
   * @param tellsProcess whether its profiles hold the memory map, as on Linux; if not, a restart
   *     shows by a stack of the process before that the new one lacks
   */
  public GoProcess(SplittableRandom random, String service, String pod, boolean tellsProcess) {
    this.random = random;
    this.tellsProcess = tellsProcess;
    this.labels =
        LabelSet.of("__name__", "memory", "service_name", service, "pod", pod, "__delta__", "true");
    restart();
  }

  /**
   * A profile and what must become of it.
   *
   * @param sums by profile type and stack, frames joined by semicolons; types without any are
   *     missing
   */
  public record GoProfile(SegmentRecord record, Map<String, Map<String, Long>> sums) {}

  /** Begins a new process; what the one before has not reported is never known. */
  public void restart() {
    counts.clear();
    unreported.clear();
    vdso = 0x7f00_0000_0000L + (long) PAGE * random.nextInt(1 << 22);
    starts++;
    allocate("main;start" + starts, 1);
  }

  /** Lets the program run for a while. */
  public void run() {
    int allocations = random.nextInt(8);
    for (int i = 0; i < allocations; i++) {
      StringBuilder stack = new StringBuilder("main");
      int depth = 1 + random.nextInt(3);
      for (int frame = 0; frame < depth; frame++) {
        stack.append(";f").append(random.nextInt(FUNCTIONS));
      }

      allocate(stack.toString(), 1 + random.nextInt(100));
    }
  }

  private void allocate(String stack, long objects) {
    long bytes = 16 * objects;
    long[] all = counts.computeIfAbsent(stack, any -> new long[TYPES.length]);
    long[] rest = unreported.computeIfAbsent(stack, any -> new long[ALLOC_TYPES]);
    all[0] += objects;
    all[1] += bytes;
    rest[0] += objects;
    rest[1] += bytes;
    all[2] = random.nextInt(3);
    all[3] = 16 * all[2];
  }

  /** Takes a profile that arrives, later than the one before. */
  public GoProfile profile(long nowMillis) {
    long timeMillis = Math.max(nowMillis, lastMillis + 1);
    lastMillis = timeMillis;
    Map<String, Map<String, Long>> sums = new TreeMap<>();
    PprofBuilder pprof =
        new PprofBuilder()
            .addSampleType("alloc_objects", "count")
            .addSampleType("alloc_space", "bytes")
            .addSampleType("inuse_objects", "count")
            .addSampleType("inuse_space", "bytes")
            .periodType("space", "bytes")
            .period(512 * 1024)
            .timeNanos(TimeUnit.MILLISECONDS.toNanos(timeMillis));
    counts.forEach(
        (stack, values) -> {
          List<String> leafFirst = new ArrayList<>(List.of(stack.split(";", -1)));
          Collections.reverse(leafFirst);
          pprof.addSample(leafFirst, values);
          for (int type = ALLOC_TYPES; type < TYPES.length; type++) {
            expect(sums, type, stack, values[type]);
          }
        });
    if (hasReported) {
      unreported.forEach(
          (stack, values) -> {
            for (int type = 0; type < ALLOC_TYPES; type++) {
              expect(sums, type, stack, values[type]);
            }
          });
    }

    hasReported = true;
    unreported.clear();
    SegmentRecord record =
        SegmentRecord.builder()
            .clientId(new UUID(random.nextLong(), random.nextLong()))
            .receiveTimeNanos(TimeUnit.MILLISECONDS.toNanos(timeMillis))
            .labels(labels)
            .payload(withMemoryMap(pprof.toProto()).toByteArray())
            .build();
    return new GoProfile(record, sums);
  }

  private static void expect(
      Map<String, Map<String, Long>> sums, int type, String stack, long value) {
    if (value > 0) {
      sums.computeIfAbsent(TYPES[type], any -> new TreeMap<>()).put(stack, value);
    }
  }

  private Profile withMemoryMap(Profile profile) {
    if (!tellsProcess) {
      return profile;
    }

    return profile.toBuilder()
        .addStringTable("[vdso]")
        .addMapping(
            Mapping.newBuilder()
                .setId(profile.getMappingCount() + 1)
                .setMemoryStart(vdso)
                .setMemoryLimit(vdso + 2 * PAGE)
                .setFilename(profile.getStringTableCount()))
        .build();
  }
}
