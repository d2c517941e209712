/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A browser and a server of its own for the methods of a class, which pushes profiles first. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BaseUiITCase {
  FlamelakeProcess server;
  UiBrowser browser;

  /** Where files land that the page offers. */
  Path downloads;

  private final String[] serverFlags;

  BaseUiITCase(String... serverFlags) {
    this.serverFlags = serverFlags;
  }

  /** Whether the browser's console may show errors: a refused request is one. */
  boolean expectsRefusals() {
    return false;
  }

  @BeforeAll
  void start(@TempDir Path dir) {
    UiBrowser.assumeInstalled();
    server = FlamelakeProcess.start(dir.resolve("data"), serverFlags);
    downloads = dir;
    browser = UiBrowser.start(dir);
  }

  @AfterAll
  void stop() {
    if (browser != null) {
      browser.close();
    }

    if (server != null) {
      server.close();
    }
  }

  @AfterEach
  void expectNoErrors() {
    if (!expectsRefusals()) {
      assertThat(browser.errors()).isEmpty();
    }
  }
}
