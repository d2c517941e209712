/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A {@link NeighbourLoad} in a process of its own. It has the lowest priority: only what the server
 * does for it shall cost its neighbour time, not what it does itself on the same cores.
 */
final class NeighbourProcess implements AutoCloseable {
  private final NeighbourHabit habit;
  private final Process process;
  private final BufferedReader out;
  private final BufferedWriter in;

  private NeighbourProcess(NeighbourHabit habit, Process process) {
    this.habit = habit;
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.in = process.outputWriter(StandardCharsets.UTF_8);
  }

  static NeighbourProcess start(URI server, NeighbourHabit habit) throws IOException {
    Process process =
        new ProcessBuilder(
                "nice",
                "-n",
                "19",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                System.getProperty("java.class.path"),
                NeighbourLoad.class.getName(),
                server.toString(),
                habit.name())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    NeighbourProcess neighbour = new NeighbourProcess(habit, process);
    neighbour.readLine();
    return neighbour;
  }

  NeighbourHabit habit() {
    return habit;
  }

  void go() throws IOException {
    tell("go");
  }

  /** Returns what became of its requests. */
  String stop() throws IOException {
    tell("stop");
    return readLine();
  }

  private void tell(String line) throws IOException {
    in.write(line + "\n");
    in.flush();
  }

  private String readLine() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IOException("The neighbour's process has ended");
    }

    return line;
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
