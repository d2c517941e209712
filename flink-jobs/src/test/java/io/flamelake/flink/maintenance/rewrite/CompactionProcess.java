/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import com.sun.management.OperatingSystemMXBean;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.TaskResult;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;

/** Compacts a lake in a process of its own, and says what it took. */
final class CompactionProcess {

  private static final double MEGA = 1e6;

  private CompactionProcess() {}

  /** Takes the directory of a {@link RewriteFixture} and the memory for rows in bytes. */
  @SuppressWarnings("SystemOut") // The parent reads it.
  public static void main(String[] arguments) throws Exception {
    long sortMemory = Long.parseLong(arguments[1]);
    try (RewriteFixture lake = new RewriteFixture(Path.of(arguments[0]))) {
      MaintenanceContext context =
          lake.context(
              config -> config.closedAfter(Duration.ZERO).sortMemoryBytes(sortMemory),
              Clock.systemUTC());
      CompactionPlanner planner = new CompactionPlanner();
      for (CompactionTask task : planner.plan(context)) {
        long nanos = System.nanoTime();
        long cpuNanos = cpuNanos();
        TaskResult result = task.run(context);
        double seconds = (System.nanoTime() - nanos) / 1e9;
        double cpuSeconds = (cpuNanos() - cpuNanos) / 1e9;
        double read = result.count(TaskResult.BYTES_IN) / MEGA;
        System.out.printf(
            Locale.ROOT,
            "%s: %d rows, %.1f MB in %d files to %.1f MB in %d, %.1f s, %.1f s of processor time,"
                + " %.1f MB/s per core, peak %s%n",
            task.subject(),
            result.count(TaskResult.ROWS),
            read,
            result.count(TaskResult.FILES_IN),
            result.count(TaskResult.BYTES_OUT) / MEGA,
            result.count(TaskResult.FILES_OUT),
            seconds,
            cpuSeconds,
            read / cpuSeconds,
            peakMemory());
      }
    }
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static String peakMemory() throws Exception {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM"))
        .findFirst()
        .orElse("VmHWM unknown")
        .replaceAll("\\s+", " ");
  }
}
