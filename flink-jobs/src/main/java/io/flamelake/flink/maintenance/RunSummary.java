/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance;

import io.flamelake.flink.maintenance.TaskOutcome.Ending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** What a run that has ended did, kind by kind. */
public final class RunSummary {

  private static final String ROW = "%-10s %7s %7s %9s %9s %10s %10s %13s %8s %10s %9s%n";

  private final Map<String, Sum> byKind = new LinkedHashMap<>();
  private final List<TaskOutcome> failures = new ArrayList<>();

  /**
   * Begins the summary of a run.
   *
   * @param kinds that are looked at, in this order; shown also if nothing was due
   */
  RunSummary(List<String> kinds) {
    kinds.forEach(kind -> byKind.put(kind, new Sum()));
  }

  void add(TaskOutcome outcome) {
    byKind.computeIfAbsent(outcome.kind(), any -> new Sum()).add(outcome);
    if (outcome.ending() == Ending.FAILED) {
      failures.add(outcome);
    }
  }

  public boolean isSuccess() {
    return failures.isEmpty();
  }

  /** Returns the sums of what the tasks of a kind did. */
  public TaskResult result(String kind) {
    Sum sum = byKind.get(kind);
    return sum == null ? TaskResult.NOTHING : sum.result;
  }

  /** Returns how many tasks of a kind have ended. */
  public int tasks(String kind) {
    Sum sum = byKind.get(kind);
    return sum == null ? 0 : sum.tasks;
  }

  /** Returns which tasks failed and why, in one line. */
  public String failureText() {
    return failures.stream()
        .map(failed -> failed.kind() + " of " + failed.subject() + ": " + failed.error())
        .collect(Collectors.joining("; "));
  }

  /** Returns a table, and a line for each failure. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            ROW,
            "task",
            "tasks",
            "failed",
            "files in",
            "files out",
            "bytes in",
            "bytes out",
            "rows",
            "deleted",
            "bytes",
            "time"));
    Sum total = new Sum();
    byKind.forEach(
        (kind, sum) -> {
          text.append(sum.toRow(kind));
          total.add(sum);
        });
    text.append(total.toRow("total"));
    for (TaskOutcome failed : failures) {
      text.append(
          String.format(
              "Failed: %s of %s: %s%n",
              failed.kind(), failed.subject(), Objects.requireNonNull(failed.error(), "error")));
    }

    return text.toString();
  }

  /** Of one kind, or of all. */
  private static final class Sum {

    private int tasks;
    private int failed;
    private Duration busy = Duration.ZERO;
    private TaskResult result = TaskResult.NOTHING;

    private void add(TaskOutcome outcome) {
      tasks++;
      failed += outcome.ending() == Ending.FAILED ? 1 : 0;
      busy = busy.plus(outcome.duration());
      result = result.plus(outcome.result());
    }

    private void add(Sum other) {
      tasks += other.tasks;
      failed += other.failed;
      busy = busy.plus(other.busy);
      result = result.plus(other.result);
    }

    private String toRow(String name) {
      return String.format(
          Locale.ROOT,
          ROW,
          name,
          tasks,
          failed,
          result.count(TaskResult.FILES_IN),
          result.count(TaskResult.FILES_OUT),
          bytes(result.count(TaskResult.BYTES_IN)),
          bytes(result.count(TaskResult.BYTES_OUT)),
          result.count(TaskResult.ROWS),
          result.count(TaskResult.DELETED_FILES),
          bytes(result.count(TaskResult.DELETED_BYTES)),
          String.format(Locale.ROOT, "%.1f s", busy.toMillis() / 1e3));
    }

    private static String bytes(long bytes) {
      if (bytes < 1 << 10) {
        return bytes + " B";
      }

      if (bytes < 1 << 20) {
        return String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0);
      }

      if (bytes < 1 << 30) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (1024.0 * 1024));
      }

      return String.format(Locale.ROOT, "%.1f GiB", bytes / (1024.0 * 1024 * 1024));
    }
  }
}
