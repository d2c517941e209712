/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.flamelake.testkit.TestProfiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

/**
 * Programs to scrape, each on an address of its own: one server, since all of 127.0.0.0/8 is this
 * machine. It notes who scrapes which program when.
 */
final class ScrapedFleet implements AutoCloseable {
  /** Whoever scrapes says in this header who it is. */
  static final String GATEWAY = "X-Gateway";

  private static final int BACKLOG = 256;

  private final Queue<Scrape> scrapes = new ConcurrentLinkedQueue<>();
  private final int size;
  private final HttpServer server;

  /** One request. */
  record Scrape(String host, String gateway, long timeMillis) {}

  /**
   * @param size how many programs, 254 at most
   */
  ScrapedFleet(int size) throws IOException {
    this.size = size;
    this.server = HttpServer.create(new InetSocketAddress(0), BACKLOG);
    server.createContext("/", this::serve);
    server.start();
  }

  private void serve(HttpExchange exchange) throws IOException {
    scrapes.add(
        new Scrape(
            exchange.getLocalAddress().getAddress().getHostAddress(),
            exchange.getRequestHeaders().getFirst(GATEWAY),
            System.currentTimeMillis()));
    byte[] profile = TestProfiles.tinyCpu(Instant.now());
    exchange.sendResponseHeaders(200, profile.length);
    exchange.getResponseBody().write(profile);
    exchange.close();
  }

  /** The {@code host:port} of all programs. */
  List<String> targets() {
    int port = server.getAddress().getPort();
    return IntStream.rangeClosed(1, size).mapToObj(i -> "127.0.1." + i + ':' + port).toList();
  }

  /** What came until now, by program, in order of time. */
  Map<String, List<Scrape>> scrapes() {
    Map<String, List<Scrape>> byHost = new TreeMap<>();
    for (Scrape scrape : scrapes) {
      byHost.computeIfAbsent(scrape.host, host -> new ArrayList<>()).add(scrape);
    }

    return byHost;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
