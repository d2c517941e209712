/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Programs in Go that play a client. A test is skipped where there is no Go to build them. */
final class GoPrograms {
  private static final Duration MAX_BUILD = Duration.ofMinutes(8);

  private GoPrograms() {}

  static void assumeGo(Path scratch) {
    FlamelakeLauncher.Result version =
        FlamelakeLauncher.run(scratch, Duration.ofSeconds(60), List.of("bash", "-c", "go version"));
    assumeTrue(version.status() == 0, "This test needs Go, which is not installed");
  }

  /** Builds {@code src/test/go/<name>} and returns the executable. */
  static Path build(String name, Path scratch) {
    return build(name, "go.mod", scratch);
  }

  /** Builds it with the versions of modules that another file beside its go.mod names. */
  static Path build(String name, String modules, Path scratch) {
    assumeGo(scratch);
    String source = FlamelakeLauncher.root() + "/integration-tests/src/test/go/" + name;
    String flag = "-modfile=" + modules;
    FlamelakeLauncher.Result download =
        FlamelakeLauncher.run(
            scratch, MAX_BUILD, List.of("go", "-C", source, "mod", "download", flag));
    assumeTrue(
        download.status() == 0,
        "This test needs Go modules that could not be downloaded: " + download.err());
    Path program = scratch.resolve(name + "-" + modules + ".exe");
    FlamelakeLauncher.Result build =
        FlamelakeLauncher.run(
            scratch,
            MAX_BUILD,
            List.of("go", "-C", source, "build", flag, "-o", program.toString()));
    assertThat(build.status()).as("status of go build%n%s", build.err()).isZero();
    return program;
  }
}
