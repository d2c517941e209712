/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.rest.RestAccess;
import io.flamelake.catalog.rest.RestCatalogProtocol;
import io.flamelake.catalog.rest.RestRequest;
import io.flamelake.catalog.rest.RestResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Serves a catalog by REST, and loses answers to commits when it is told to. */
public final class RestCatalogServer implements AutoCloseable {

  private final LakeCatalog catalog;
  private final RestCatalogProtocol protocol;
  private final HttpServer http;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger answersToLose = new AtomicInteger();

  private RestCatalogServer(LakeCatalog catalog, HttpServer http) {
    this.catalog = catalog;
    this.http = http;
    this.protocol = new RestCatalogProtocol(catalog.iceberg(), Map.of(), RestAccess.READ_WRITE);
  }

  /** Starts a server on a port, 0 for a free one. */
  public static RestCatalogServer start(CatalogConfig served, int port) {
    try {
      HttpServer http = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
      RestCatalogServer server = new RestCatalogServer(LakeCatalog.open(served), http);
      http.createContext("/", server::answer);
      http.setExecutor(server.threads);
      http.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return http.getAddress().getPort();
  }

  /** How a process without access to the database reaches the catalog. */
  public CatalogConfig clientConfig() {
    return CatalogConfig.of(Map.of("type", "rest", "uri", "http://127.0.0.1:" + port()));
  }

  /** From now on, so many commits are made and never answered. */
  public void loseAnswers(int count) {
    answersToLose.set(count);
  }

  public int answersToLose() {
    return answersToLose.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    // Closing an exchange that was not answered cuts the connection.
    try (exchange) {
      String path = exchange.getRequestURI().getRawPath();
      RestResponse response =
          protocol.handle(
              new RestRequest(
                  exchange.getRequestMethod(),
                  path,
                  exchange.getRequestURI().getRawQuery(),
                  exchange.getRequestBody().readAllBytes()));
      if (isCommit(exchange.getRequestMethod(), path)
          && answersToLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        return;
      }

      exchange.getResponseHeaders().set("Content-Type", "application/json");
      boolean isEmpty = response.body().length == 0 || exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(response.status(), isEmpty ? -1 : response.body().length);
      if (!isEmpty) {
        exchange.getResponseBody().write(response.body());
      }
    }
  }

  private static boolean isCommit(String method, String path) {
    return method.equals("POST") && path.endsWith("/tables/profiles");
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
    catalog.close();
  }
}
