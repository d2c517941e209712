/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import java.nio.file.Path;
import java.util.Map;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.view.ViewCatalogTests;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Iceberg's own tests of views, by Iceberg's client, over HTTP. */
class RestViewContractTest extends ViewCatalogTests<RESTCatalog> {
  /** What {@link ViewCatalogTests} expects of a catalog that has defaults and overrides. */
  private static final Map<String, String> PROPERTIES =
      Map.of(
          "view-default.key1", "catalog-default-key1",
          "view-default.key2", "catalog-default-key2",
          "view-default.key3", "catalog-default-key3",
          "view-override.key3", "catalog-override-key3",
          "view-override.key4", "catalog-override-key4");

  @TempDir private Path directory;

  private CatalogServer server;
  private RESTCatalog client;

  @BeforeEach
  void startServer() {
    server = CatalogServer.start(directory);
    client = server.client("contract", PROPERTIES);
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  @Override
  protected RESTCatalog catalog() {
    return client;
  }

  @Override
  protected Catalog tableCatalog() {
    return client;
  }

  @Override
  protected String viewLocation(String... paths) {
    return server.warehouse() + "/elsewhere/" + String.join("/", paths);
  }

  @Override
  protected boolean requiresNamespaceCreate() {
    return true;
  }

  @Override
  protected boolean supportsServerSideRetry() {
    return true;
  }
}
