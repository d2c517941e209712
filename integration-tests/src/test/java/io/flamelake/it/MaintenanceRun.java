/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One run of {@code flamelake maintain} in a process of its own. */
final class MaintenanceRun implements AutoCloseable {
  private static final Duration AT_MOST = Duration.ofMinutes(10);

  private final Process process;
  private final Path log;

  private MaintenanceRun(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts a run on the storage directory of a server, which may be running. */
  static MaintenanceRun start(Path storage, List<String> arguments) {
    Path log = storage.resolveSibling("maintain.log");
    List<String> command = new ArrayList<>(FlamelakeProcess.java());
    command.add("maintain");
    command.add("-storage.path=" + storage);
    command.addAll(arguments);
    try {
      return new MaintenanceRun(
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.to(log.toFile()))
              .start(),
          log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs to the end, which has to be a good one, and returns what was printed. */
  static String complete(Path storage, List<String> arguments) throws InterruptedException {
    try (MaintenanceRun run = start(storage, arguments)) {
      return run.awaitSuccess();
    }
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /** Waits until the run is past the start of its JVM, or has ended. */
  void awaitStart() throws InterruptedException {
    while (process.isAlive() && output().isEmpty()) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  String awaitSuccess() throws InterruptedException {
    if (!process.waitFor(AT_MOST.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("maintain did not end within " + AT_MOST + "\n" + output());
    }

    String output = output();
    assertThat(process.exitValue()).as("exit status of maintain\n%s", output).isZero();
    return output;
  }

  private String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** kill -9. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
