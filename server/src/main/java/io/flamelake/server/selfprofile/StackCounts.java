/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.selfprofile;

import io.flamelake.model.LabelSet;
import io.flamelake.model.pprof.PprofBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedStackTrace;

/** Sums a value per stack between two pushes. Not thread-safe. */
final class StackCounts {
  private record Frame(String function, int line) {}

  private final Map<List<Frame>, long[]> sums = new HashMap<>();

  boolean isEmpty() {
    return sums.isEmpty();
  }

  void add(RecordedStackTrace stack, long value) {
    List<Frame> leafFirst = stack.getFrames().stream().map(StackCounts::frame).toList();
    sums.computeIfAbsent(leafFirst, key -> new long[1])[0] += value;
  }

  /** Moves all sums into samples of the builder. */
  void drainTo(PprofBuilder builder) {
    sums.forEach(
        (leafFirst, sum) -> {
          int[] locations = new int[leafFirst.size()];
          for (int i = 0; i < locations.length; i++) {
            Frame frame = leafFirst.get(i);
            locations[i] = builder.location(frame.function, "", frame.line);
          }

          builder.addSample(locations, LabelSet.EMPTY, sum);
        });
    sums.clear();
  }

  private static Frame frame(RecordedFrame frame) {
    RecordedMethod method = frame.getMethod();
    String function = stableTypeName(method.getType().getName()) + '.' + method.getName();
    return new Frame(function, Math.max(0, frame.getLineNumber()));
  }

  /** Drops the parts of a generated class's name that differ from run to run. */
  static String stableTypeName(String name) {
    int hidden = name.indexOf("/0x");
    String visible = hidden < 0 ? name : name.substring(0, hidden);
    int lambda = visible.indexOf("$$Lambda");
    return lambda < 0 ? visible : visible.substring(0, lambda) + "$$Lambda";
  }
}
