/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.LocalFileIO;
import io.flamelake.rpc.HttpDefaults;
import io.flamelake.server.config.CatalogSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.rest.RESTCatalog;

/** The endpoint over an embedded catalog, on a port of its own, with clients of Iceberg's. */
final class CatalogServer implements AutoCloseable {
  private final String warehouse;
  private final LakeCatalog catalog;
  private final Server http;
  private final List<RESTCatalog> clients = new ArrayList<>();

  private CatalogServer(String warehouse, LakeCatalog catalog, Server http) {
    this.warehouse = warehouse;
    this.catalog = catalog;
    this.http = http;
  }

  static CatalogServer start(Path directory) {
    return start(directory, Map.of(), false);
  }

  static CatalogServer start(Path directory, Map<String, String> more, boolean readOnly) {
    CatalogConfig embedded = CatalogConfig.embedded(directory);
    Map<String, String> properties = new TreeMap<>(embedded.properties());
    properties.put(LocalFileIO.DURABILITY, "page-cache");
    properties.putAll(more);
    CatalogSettings settings =
        new CatalogSettings(embedded.name(), embedded.namespace(), properties, true, readOnly);
    LakeCatalog catalog = LakeCatalog.open(settings.toCatalogConfig(directory));
    ServerBuilder builder = Server.builder().http(new InetSocketAddress("127.0.0.1", 0));
    HttpDefaults.apply(builder, Duration.ofSeconds(60));
    builder.gracefulShutdownTimeout(Duration.ZERO, Duration.ZERO);
    CatalogEndpoint.configure(builder, catalog, settings);
    Server http = builder.build();
    http.start().join();
    String warehouse =
        requireNonNull(properties.get(CatalogProperties.WAREHOUSE_LOCATION), "warehouse");
    return new CatalogServer(warehouse, catalog, http);
  }

  String uri() {
    return "http://127.0.0.1:" + http.activeLocalPort() + CatalogEndpoint.PATH;
  }

  /** A location that the server lets tables be in. */
  String warehouse() {
    return warehouse;
  }

  /** The catalog that is served. */
  LakeCatalog served() {
    return catalog;
  }

  CatalogConfig clientConfig() {
    return CatalogConfig.of(Map.of("type", "rest", "uri", uri()));
  }

  RESTCatalog client(String name, Map<String, String> more) {
    Map<String, String> properties = new TreeMap<>();
    properties.put(CatalogProperties.URI, uri());
    properties.put(CatalogProperties.FILE_IO_IMPL, LocalFileIO.class.getName());
    properties.putAll(more);
    RESTCatalog client = new RESTCatalog();
    client.initialize(name, properties);
    clients.add(client);
    return client;
  }

  @Override
  public void close() {
    try {
      for (RESTCatalog client : clients) {
        client.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    // Its event loops take two seconds to end; nothing of the next test needs them gone.
    var unused = http.stop();
    catalog.close();
  }
}
