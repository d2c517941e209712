/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import io.flamelake.model.XxHash64;
import io.flamelake.model.pprof.PprofFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The stacks of one made-up service: a pool that stays, and a few that are new each day, as after a
 * release. A stack is a walk from the root in which every step has few choices, so that stacks
 * share their outer frames as those of real programs do.
 */
final class HistoryStacks {
  static final int LASTING = 160;
  static final int NEW_PER_DAY = 4;

  /** For how many days the stacks of a day are seen. */
  private static final int DAYS_SEEN = 3;

  private static final int MIN_DEPTH = 4;
  private static final int DEPTHS = 11;
  private static final int MAX_CHOICES = 4;
  private static final int OWN_FUNCTIONS = 300;
  private static final int SHARED_FUNCTIONS = 60;

  private final String service;
  private final List<List<PprofFrame>> stacks = new ArrayList<>();
  private final List<String> folded = new ArrayList<>();

  HistoryStacks(String service, int days, long seed) {
    this.service = service;
    SplittableRandom random = new SplittableRandom(XxHash64.hash(service.hashCode(), seed));
    for (int i = 0; i < LASTING; i++) {
      add(walk(random));
    }

    for (int day = 0; day < days; day++) {
      for (int i = 0; i < NEW_PER_DAY; i++) {
        List<PprofFrame> stack = walk(random);
        stack.add(
            new PprofFrame(service + ".release" + day + ".step" + i, service + ".go", day + 1));
        add(stack);
      }
    }
  }

  int size() {
    return stacks.size();
  }

  /** The frames, root first. */
  List<PprofFrame> frames(int stack) {
    return stacks.get(stack);
  }

  /** The functions, root first, divided by semicolons. */
  String folded(int stack) {
    return folded.get(stack);
  }

  /** Draws a stack that is seen on the day; the first of the pool are drawn the most. */
  int draw(int day, SplittableRandom random) {
    int recent = Math.min(day + 1, DAYS_SEEN) * NEW_PER_DAY;
    if (random.nextInt(8) == 0) {
      return LASTING + (day + 1) * NEW_PER_DAY - 1 - random.nextInt(recent);
    }

    double uniform = random.nextDouble();
    return (int) (uniform * uniform * LASTING);
  }

  private void add(List<PprofFrame> stack) {
    stacks.add(List.copyOf(stack));
    folded.add(String.join(";", stack.stream().map(PprofFrame::function).toList()));
  }

  private List<PprofFrame> walk(SplittableRandom random) {
    int depth = MIN_DEPTH + random.nextInt(DEPTHS);
    long place = service.hashCode();
    List<PprofFrame> stack = new ArrayList<>();
    stack.add(new PprofFrame("main", service + ".go", 1));
    while (stack.size() < depth) {
      double uniform = random.nextDouble();
      place = XxHash64.hash((long) (uniform * uniform * MAX_CHOICES), place);
      stack.add(frame(place));
    }

    return stack;
  }

  private PprofFrame frame(long place) {
    int number = (int) Math.floorMod(place >> 8, (long) OWN_FUNCTIONS);
    int line = 1 + (int) Math.floorMod(place >> 24, 900L);
    return Math.floorMod(place, 3L) == 0
        ? new PprofFrame("lib/pkg.Shared" + number % SHARED_FUNCTIONS, "lib/pkg.go", line)
        : new PprofFrame("acme/" + service + ".Step" + number, "acme/" + service + ".go", line);
  }
}
