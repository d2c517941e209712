/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.query.ProfileSelection;
import io.flamelake.query.StackFrames;
import io.flamelake.query.StackVisitor;
import io.flamelake.query.plan.PinnedProfiles;
import java.util.Objects;

/**
 * Writes merged stacks as one pprof document with a single sample type. Locations keep their lines
 * and files and, where a frame has no symbols, mapping and address. Inlined calls have become
 * frames of their own on ingest and stay so.
 */
final class MergedPprof implements StackVisitor {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long CPU_PERIOD = 1_000_000_000;
  private static final long MEMORY_PERIOD = 512 * 1024;

  private final PprofBuilder pprof = new PprofBuilder();

  private MergedPprof(ProfileType type, RequestRange range) {
    pprof
        .addSampleType(type.sampleType(), type.sampleUnit())
        .defaultSampleType(type.sampleType())
        .periodType(type.periodType(), type.periodUnit())
        .period(period(type))
        .timeNanos(range.endMillis() * NANOS_PER_MILLI)
        .durationNanos(Math.max(0, range.endMillis() - range.startMillis()) * NANOS_PER_MILLI);
  }

  /** Merges the samples that a query selects. */
  static Profile of(PinnedProfiles profiles, ProfileSelection query, RequestRange range) {
    MergedPprof merged = new MergedPprof(query.type(), range);
    profiles.forEachStack(profiles.sumStacks(query), merged);
    return merged.pprof.toProto();
  }

  @Override
  public void visit(StackFrames frames, long value) {
    int depth = frames.depth();
    int[] leafFirst = new int[depth];
    for (int frame = 0; frame < depth; frame++) {
      leafFirst[depth - 1 - frame] = location(frames, frame);
    }

    pprof.addSample(leafFirst, LabelSet.EMPTY, value);
  }

  private int location(StackFrames frames, int frame) {
    String mapping = frames.mapping(frame);
    if (mapping == null) {
      return pprof.location(frames.function(frame), frames.file(frame), frames.line(frame));
    }

    String buildId = Objects.requireNonNullElse(frames.buildId(frame), "");
    return pprof.unsymbolizedLocation(mapping, buildId, frames.address(frame));
  }

  /** Rows keep their own periods, which need not agree; this is what clients expect of a merge. */
  private static long period(ProfileType type) {
    return switch (type.name()) {
      case "process_cpu" -> CPU_PERIOD;
      case "memory" -> MEMORY_PERIOD;
      default -> 1;
    };
  }
}
