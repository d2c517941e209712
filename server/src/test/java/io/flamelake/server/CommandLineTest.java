/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.server.CommandLine.Action;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandLineTest {
  @Test
  void takesOneDashOrTwoAndBothFormsOfValues() {
    CommandLine commandLine =
        CommandLine.parse(
            "-target=gateway",
            "--storage.path",
            "/srv/data",
            "-self-profiling.disable-push",
            "--config.file=conf.yaml");

    assertThat(commandLine)
        .isEqualTo(
            new CommandLine(
                Action.RUN,
                Path.of("conf.yaml"),
                null,
                Map.of(
                    "target", "gateway",
                    "storage.path", "/srv/data",
                    "self-profiling.disable-push", "true")));
  }

  @Test
  void knowsWhatToPrintInsteadOfRunning() {
    assertThat(CommandLine.parse("-help").action()).isEqualTo(Action.PRINT_HELP);
    assertThat(CommandLine.parse("--version").action()).isEqualTo(Action.PRINT_VERSION);
    assertThat(CommandLine.parse("-modules").action()).isEqualTo(Action.PRINT_MODULES);
    assertThat(CommandLine.parse().action()).isEqualTo(Action.RUN);
  }

  @Test
  void maintainTakesTasksAndConfigurationKeys() {
    assertThat(CommandLine.parse("maintain", "-tasks=compact", "-storage.path=/srv"))
        .isEqualTo(
            new CommandLine(Action.MAINTAIN, null, "compact", Map.of("storage.path", "/srv")));
    assertThat(CommandLine.parse("maintain"))
        .isEqualTo(new CommandLine(Action.MAINTAIN, null, null, Map.of()));
    assertThat(CommandLine.parse("-tasks=compact"))
        .as("a server has no such key, which its configuration says")
        .isEqualTo(new CommandLine(Action.RUN, null, null, Map.of("tasks", "compact")));
    assertThat(CommandLine.parse("maintain", "-help").action()).isEqualTo(Action.PRINT_HELP);
  }

  @Test
  void refusesWhatIsNoFlag() {
    assertThatThrownBy(() -> CommandLine.parse("start"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Unexpected argument 'start' (expected: flags like -target=all, see -help)");
    assertThatThrownBy(() -> CommandLine.parse("-target"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Flag -target needs a value: -target=VALUE");
  }
}
