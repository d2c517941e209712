/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A virtual environment of Python with pinned packages, made once in {@code target}. */
final class PythonEnvironment {
  private static final Duration AT_MOST = Duration.ofMinutes(15);

  private final Path dir;

  private PythonEnvironment(Path dir) {
    this.dir = dir;
  }

  /** Makes the environment, or ends the test as skipped with what Python or pip said. */
  static PythonEnvironment of(String name, Path scratch, String... requirements)
      throws IOException {
    Path dir = Path.of("target", "readers", "python-" + name).toAbsolutePath();
    Path complete = dir.resolve("complete");
    if (!Files.exists(complete)) {
      run(scratch, List.of("python3", "-m", "venv", "--clear", dir.toString()));
      List<String> install = new ArrayList<>();
      install.add(dir.resolve("bin/pip").toString());
      install.addAll(List.of("install", "--quiet", "--disable-pip-version-check"));
      install.addAll(List.of(requirements));
      run(scratch, install);
      Files.createFile(complete);
    }

    return new PythonEnvironment(dir);
  }

  /** The command that runs a script. */
  List<String> command(Path script) {
    return List.of(dir.resolve("bin/python").toString(), script.toString());
  }

  private static void run(Path scratch, List<String> command) throws IOException {
    List<String> quoted = new ArrayList<>(List.of("bash", "-c", "exec \"$@\"", "bash"));
    quoted.addAll(command);
    FlamelakeLauncher.Result result = FlamelakeLauncher.run(scratch, AT_MOST, quoted);
    if (result.status() != 0) {
      abort("This machine cannot run " + command + ": " + result.out() + result.err());
    }
  }
}
