/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import io.flamelake.testkit.TrinoCatalogs;
import io.flamelake.testkit.TrinoServer;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A server whose queries one engine answers, and what that engine needs beside it. Trino reads the
 * tables through the catalog that the server itself serves.
 */
final class EngineUnderTest implements AutoCloseable {
  private static final String CATALOG = "lake";
  private static final String SCHEMA = "flamelake";

  private final FlamelakeProcess server;
  private final @Nullable TrinoServer trino;

  private EngineUnderTest(FlamelakeProcess server, @Nullable TrinoServer trino) {
    this.server = server;
    this.trino = trino;
  }

  /** Starts all that is needed; a test is skipped where there is no Java to run Trino with. */
  static EngineUnderTest start(QueryEngine engine, Path storage, String... arguments) {
    if (engine == QueryEngine.LAKE) {
      return new EngineUnderTest(FlamelakeProcess.start(storage, arguments), null);
    }

    int port = FlamelakeProcess.freePort();
    URI catalog = URI.create("http://127.0.0.1:" + port + "/iceberg");
    TrinoServer trino =
        TrinoServer.start(
            Map.of(CATALOG, TrinoCatalogs.withLocalFiles(TrinoCatalogs.rest(catalog))));
    List<String> complete = new ArrayList<>(List.of(arguments));
    complete.add("-query.engine=trino");
    complete.add("-query.trino.url=" + trino.jdbcUrl(CATALOG, SCHEMA));
    try {
      return new EngineUnderTest(
          FlamelakeProcess.startOn(port, storage, complete.toArray(String[]::new)), trino);
    } catch (RuntimeException e) {
      trino.close();
      throw e;
    }
  }

  FlamelakeProcess server() {
    return server;
  }

  @Override
  public void close() {
    try {
      server.close();
    } finally {
      if (trino != null) {
        trino.close();
      }
    }
  }
}
