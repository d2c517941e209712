/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import io.flamelake.flink.sink.ProfileTableRow;
import io.flamelake.flink.sink.ProfilesLayout;
import io.flamelake.flink.sink.RandomRows;
import io.flamelake.flink.sink.StackTableRow;
import io.flamelake.flink.sink.StacksLayout;
import io.flamelake.model.LabelSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** An hour of profiles in which each sample has a stack of its own, and the day of its stacks. */
final class ManyStacks {

  /** A day before the other random rows': it has to have ended. */
  private static final int HOUR = RandomRows.DAY * 24;

  private static final long MICROS_PER_HOUR = 3_600_000_000L;
  private static final int FILES = 12;
  private static final int SAMPLES_PER_PROFILE = 200;
  private static final int REPEATED = 10;
  private static final int DEPTH = 21;
  private static final int FRAMES_PER_DIGIT = 3;
  private static final int BRANCHES = 9;
  private static final int FUNCTIONS = 60_000;

  private final RewriteFixture lake;
  private final int stacks;
  private final String[] functions = new String[FUNCTIONS];
  private final String[] files = new String[FUNCTIONS / 10];

  /**
   * @param stacks how many there are, each in one sample
   */
  ManyStacks(RewriteFixture lake, int stacks) {
    this.lake = lake;
    this.stacks = stacks;
    Arrays.setAll(functions, i -> "com.example.module" + i % 100 + ".Service" + i + ".handle");
    Arrays.setAll(files, i -> "com/example/module" + i % 100 + "/Service" + i + ".java");
  }

  /**
   * Writes the files; every third one of the stacks is out of order, and each stack of ten is there
   * twice.
   */
  void write() throws IOException {
    for (int file = 0; file < FILES; file++) {
      int from = (int) ((long) stacks * file / FILES);
      int to = (int) ((long) stacks * (file + 1) / FILES);
      writeStacks(file, from, to);
      writeProfiles(from, to);
    }
  }

  private void writeStacks(int file, int from, int to) throws IOException {
    List<StackTableRow> rows = new ArrayList<>();
    for (int stack = from; stack < to; stack++) {
      rows.add(stack(stack));
      if (stack % REPEATED == 0) {
        rows.add(stack((int) ((stack + stacks / 2L) % stacks)));
      }
    }

    if (file % 3 == 2) {
      lake.appendAsIs(new StacksLayout(), rows);
    } else {
      lake.append(new StacksLayout(), rows);
    }
  }

  private void writeProfiles(int from, int to) throws IOException {
    List<ProfileTableRow> rows = new ArrayList<>();
    for (int stack = from; stack < to; stack += SAMPLES_PER_PROFILE) {
      rows.add(profile(stack, Math.min(to, stack + SAMPLES_PER_PROFILE)));
    }

    lake.append(new ProfilesLayout(), rows);
  }

  private StackTableRow stack(int number) {
    String[] names = new String[DEPTH];
    String[] paths = new String[DEPTH];
    int[] lines = new int[DEPTH];
    long prefix = 1;
    int rest = number;
    for (int frame = 0; frame < DEPTH; frame++) {
      if (frame % FRAMES_PER_DIGIT == 0) {
        prefix = prefix * BRANCHES + rest % BRANCHES + 1;
        rest /= BRANCHES;
      }

      int function = (int) Long.remainderUnsigned(mix(prefix + 31L * frame), FUNCTIONS);
      names[frame] = functions[function];
      paths[frame] = files[function / 10];
      lines[frame] = function % 700;
    }

    return new StackTableRow(
        RandomRows.TENANT, RandomRows.DAY, service(number), mix(number), names, lines, paths, null);
  }

  private ProfileTableRow profile(int from, int to) {
    long[] ids = new long[to - from];
    Arrays.setAll(ids, i -> mix((long) from + i));
    Arrays.sort(ids);
    long[] values = new long[ids.length];
    Arrays.setAll(values, i -> 10_000_000L * (1 + (ids[i] & 15)));
    LabelSet labels =
        LabelSet.of(
            "service_name", service(from), "pod", "pod-" + (from / SAMPLES_PER_PROFILE) % 40);
    return new ProfileTableRow(
        RandomRows.TENANT,
        "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
        service(from),
        HOUR * MICROS_PER_HOUR + Long.remainderUnsigned(mix(from), MICROS_PER_HOUR),
        15_000_000_000L,
        10_000_000,
        labels.id(),
        labels,
        Arrays.stream(values).sum(),
        ids,
        values,
        null,
        null,
        new UUID(mix(from), mix(-from)));
  }

  private static String service(int number) {
    return "service-" + (number / 10_000) % 20;
  }

  private static long mix(long value) {
    long mixed = value * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 31)) * 0xBF58476D1CE4E5B9L;
    return mixed ^ (mixed >>> 29);
  }
}
