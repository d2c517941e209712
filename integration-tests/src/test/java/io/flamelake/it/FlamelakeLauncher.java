/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs {@code bin/flamelake}, and what the README says, as a user does: from the root. */
final class FlamelakeLauncher {
  private FlamelakeLauncher() {}

  /** The directory of the whole project. */
  static Path root() {
    Path distribution = Path.of(requireNonNull(System.getProperty("flamelake.distribution")));
    return distribution.resolve("../../..").normalize();
  }

  /** The command line of {@code bin/flamelake}. */
  static List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(root().resolve("bin/flamelake").toString());
    command.addAll(arguments);
    return command;
  }

  /** The environment in which the launcher takes the JDK of this test. */
  static Map<String, String> environment() {
    return Map.of("JAVA_HOME", System.getProperty("java.home"));
  }

  /** Runs a command to its end; {@code scratch} is a directory for its output. */
  static Result run(Path scratch, Duration atMost, List<String> command) {
    return run(scratch, atMost, Map.of(), command);
  }

  /** Runs a command with more in its environment. */
  static Result run(
      Path scratch, Duration atMost, Map<String, String> variables, List<String> command) {
    Path out = scratch.resolve("out");
    Path err = scratch.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(root().toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment());
    builder.environment().putAll(variables);
    try {
      Process process = builder.start();
      if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new AssertionError("Not done within " + atMost + ": " + command);
      }

      return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while running " + command, e);
    }
  }

  /** What a command did. */
  record Result(int status, String out, String err) {}
}
