/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One run of {@code bin/flamelake maintain} to its end.
 *
 * @param output what it printed
 * @param wall from its start to its end
 * @param cpuSeconds of the process
 * @param peakResidentMiB of the process
 */
record MaintenanceProcess(String output, Duration wall, double cpuSeconds, long peakResidentMiB) {
  private static final long POLL_MILLIS = 50;

  static MaintenanceProcess run(Path storage, String tasks)
      throws IOException, InterruptedException {
    Path log = storage.resolveSibling(storage.getFileName() + ".maintain.log");
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(
                Path.of("bin", "flamelake").toAbsolutePath().toString(),
                "maintain",
                "-tasks=" + tasks,
                "-storage.path=" + storage)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    double cpuSeconds = 0;
    long peak = 0;
    // Both are gone with the process: what was read last is short by one poll at most.
    while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      try {
        cpuSeconds = ServerProcess.cpuSeconds(process.pid());
        peak = ServerProcess.peakResidentMiB(process.pid());
      } catch (IOException e) {
        // It has just ended.
        continue;
      }
    }

    Duration wall = Duration.ofNanos(System.nanoTime() - start);
    String output = Files.readString(log);
    if (process.exitValue() != 0) {
      throw new IOException("Maintenance ended with " + process.exitValue() + ":\n" + output);
    }

    return new MaintenanceProcess(output, wall, cpuSeconds, peak);
  }
}
