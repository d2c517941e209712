/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A server for the methods of a class, and a client that names no tenant. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BaseServerITCase {
  FlamelakeProcess server;
  FlamelakeClient client;

  private final String[] serverFlags;

  BaseServerITCase(String... serverFlags) {
    this.serverFlags = serverFlags;
  }

  @BeforeAll
  void start(@TempDir Path dir) {
    server = FlamelakeProcess.start(dir.resolve("data"), serverFlags);
    client = new FlamelakeClient(server, null);
  }

  @AfterAll
  void stop() {
    if (server != null) {
      server.close();
    }
  }
}
