/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import io.flamelake.testkit.TrinoCatalogs;
import io.flamelake.testkit.TrinoServer;
import io.flamelake.testkit.TrinoSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server that answers with one engine, and its Trino if that is the engine. */
final class QueryServer implements AutoCloseable {
  private static final String CATALOG = "flamelake";
  private static final int TRINO_HEAP_MEGABYTES = 3000;

  private final ServerProcess server;
  private final @Nullable TrinoServer trino;

  private QueryServer(ServerProcess server, @Nullable TrinoServer trino) {
    this.server = server;
    this.trino = trino;
  }

  static QueryServer start(QueryEngine engine, Path storage, String... arguments)
      throws IOException, InterruptedException {
    if (engine == QueryEngine.LAKE) {
      return new QueryServer(ServerProcess.start(storage, arguments), null);
    }

    List<String> all = new ArrayList<>(List.of(arguments));
    TrinoServer trino = startTrino(storage);
    try {
      all.add("-query.engine=" + engine.configName());
      all.add("-query.trino.url=" + trino.jdbcUrl(CATALOG, CATALOG));
      return new QueryServer(ServerProcess.start(storage, all.toArray(new String[0])), trino);
    } catch (IOException | InterruptedException | RuntimeException e) {
      trino.close();
      throw e;
    }
  }

  /** Starts a Trino that reads the tables below a storage path, as fast as it can. */
  static TrinoServer startTrino(Path storage) {
    return TrinoServer.start(
        Map.of(CATALOG, TrinoCatalogs.embedded(storage)),
        TrinoSettings.forMeasurements(TRINO_HEAP_MEGABYTES));
  }

  QuerierClient client() {
    return new QuerierClient(server);
  }

  long peakResidentMiB() throws IOException {
    return server.peakResidentMiB();
  }

  @Override
  public void close() throws InterruptedException {
    server.close();
    if (trino != null) {
      trino.close();
    }
  }
}
