/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the README do what it says, typed into a shell in the order given there. */
class ReadmeCommandsITCase {
  private static final Pattern BLOCK =
      Pattern.compile(
          "<!-- ReadmeCommandsITCase runs this block. -->\n```sh\n(.*?)\n```\n", Pattern.DOTALL);
  private static final Duration MAX_BLOCK = Duration.ofSeconds(90);

  /** A function of testkit/fixtures/python/workload.py. */
  private static final String PYTHON_FUNCTION = "fibonacci";

  @TempDir private Path dir;

  @Test
  void pushAndQueryAsWritten() throws IOException {
    assumeProgram("python3");
    assumeProgram("curl");
    List<String> blocks = blocks();
    assertThat(blocks).as("blocks to run in the README").hasSize(2);

    try (FlamelakeProcess server = FlamelakeProcess.startLauncher(dir.resolve("data"))) {
      assertThat(run(blocks.get(0), server))
          .as("collapsed stacks")
          .containsPattern("(?m)" + PYTHON_FUNCTION + ".* \\d+$");

      assertThat(run(blocks.get(1), server))
          .as("flame graph and profile types")
          .contains("\"flamegraph\"", PYTHON_FUNCTION, "\"profileTypes\"", "\"process_cpu\"");
    }
  }

  private static List<String> blocks() throws IOException {
    String readme = Files.readString(FlamelakeLauncher.root().resolve("README.md"));
    return BLOCK.matcher(readme).results().map(match -> match.group(1)).toList();
  }

  private String run(String block, FlamelakeProcess server) {
    String here =
        block.replace("localhost:4040", server.uri("/").getAuthority()).replace("/tmp/", dir + "/");
    FlamelakeLauncher.Result result =
        FlamelakeLauncher.run(dir, MAX_BLOCK, List.of("bash", "-euo", "pipefail", "-c", here));
    assertThat(result.status()).as("status of %s%n%s", here, result.err()).isZero();
    return result.out();
  }

  private void assumeProgram(String program) {
    FlamelakeLauncher.Result result =
        FlamelakeLauncher.run(
            dir, Duration.ofSeconds(10), List.of("bash", "-c", program + " --version"));
    assumeTrue(
        result.status() == 0, "The README's commands need " + program + ", which is not installed");
  }
}
