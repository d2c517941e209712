/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.model.flamegraph.CallTreeBuilder;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.query.ProfileSelection;
import io.flamelake.query.StackFrames;
import io.flamelake.query.StackVisitor;
import io.flamelake.query.plan.PinnedProfiles;
import it.unimi.dsi.fastutil.ints.IntArrayList;
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

  private final PprofShape shape;
  private final PprofBuilder pprof = new PprofBuilder();

  /** Stacks of locations, where leaving out parts of stacks makes some of them equal. */
  private final CallTreeBuilder locations = CallTree.builder();

  private MergedPprof(ProfileType type, RequestRange range, PprofShape shape) {
    this.shape = shape;
    pprof
        .addSampleType(type.sampleType(), type.sampleUnit())
        .defaultSampleType(type.sampleType())
        .periodType(type.periodType(), type.periodUnit())
        .period(period(type))
        .timeNanos(range.endMillis() * NANOS_PER_MILLI)
        .durationNanos(Math.max(0, range.endMillis() - range.startMillis()) * NANOS_PER_MILLI);
  }

  /** Merges the samples that a query selects. */
  static Profile of(
      PinnedProfiles profiles, ProfileSelection query, RequestRange range, PprofShape shape) {
    MergedPprof merged = new MergedPprof(query.type(), range, shape);
    profiles.forEachStack(profiles.sumStacks(query), merged);
    merged.addMergedStacks();
    return merged.pprof.toProto();
  }

  @Override
  public void visit(StackFrames frames, long value) {
    int depth = frames.depth();
    int kept = shape.maxFrames() == 0 ? depth : Math.min(depth, shape.maxFrames());
    int[] leafFirst = new int[kept];
    for (int i = 0; i < kept; i++) {
      leafFirst[i] = location(frames, depth - 1 - i);
    }

    if (shape.isWhole()) {
      pprof.addSample(leafFirst, LabelSet.EMPTY, value);
    } else {
      int[] rootFirst = new int[kept];
      for (int i = 0; i < kept; i++) {
        rootFirst[kept - 1 - i] = locations.function(Integer.toString(leafFirst[i]));
      }

      locations.add(rootFirst, 0, kept, value);
    }
  }

  private int location(StackFrames frames, int frame) {
    String mapping = frames.mapping(frame);
    if (mapping == null) {
      boolean hasLine = shape.hasLeafLines() || frame < frames.depth() - 1;
      return pprof.location(
          frames.function(frame), frames.file(frame), hasLine ? frames.line(frame) : 0);
    }

    String buildId = Objects.requireNonNullElse(frames.buildId(frame), "");
    return pprof.unsymbolizedLocation(mapping, buildId, frames.address(frame));
  }

  private void addMergedStacks() {
    CallTree tree = locations.build().truncated(shape.maxNodes());
    IntArrayList leafFirst = new IntArrayList();
    for (int node = 0; node < tree.nodeCount(); node++) {
      if (tree.self(node) == 0) {
        continue;
      }

      leafFirst.clear();
      for (int above = node; tree.parent(above) >= 0; above = tree.parent(above)) {
        String name = tree.name(above);
        leafFirst.add(
            name.equals(CallTree.OTHER)
                ? pprof.location(CallTree.OTHER, "", 0)
                : Integer.parseInt(name));
      }

      pprof.addSample(leafFirst.toIntArray(), LabelSet.EMPTY, tree.self(node));
    }
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
