/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigReferenceTest {
  private static final Path PAGE = Path.of("..", "docs", "configuration.md");

  @Test
  void docsAreWhatTheCodeSays() throws IOException {
    String expected = ConfigReference.toMarkdown();
    if (System.getProperty("flamelake.update-docs") != null) {
      Files.writeString(PAGE, expected);
    }

    assertThat(Files.readString(PAGE))
        .as("docs/configuration.md; -Dflamelake.update-docs writes it anew")
        .isEqualTo(expected);
  }

  @Test
  void helpNamesEveryKey() {
    String help = ConfigReference.toHelp();
    assertThat(ConfigBinder.keys(FlamelakeConfig.class))
        .allSatisfy(key -> assertThat(help).contains("-" + key.name().replace(".*", ".")));
  }
}
