/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.catalog.CatalogTests;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.rest.RESTCatalog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Iceberg's own tests of a catalog, by Iceberg's client, over HTTP. */
class RestCatalogContractTest extends CatalogTests<RESTCatalog> {
  /** What {@link CatalogTests} expects of a catalog that has defaults and overrides. */
  private static final Map<String, String> PROPERTIES =
      Map.of(
          "table-default.default-key1", "catalog-default-key1",
          "table-default.default-key2", "catalog-default-key2",
          "table-default.override-key3", "catalog-default-key3",
          "table-override.override-key3", "catalog-override-key3",
          "table-override.override-key4", "catalog-override-key4");

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
  protected RESTCatalog initCatalog(String name, Map<String, String> properties) {
    if (properties.containsKey(CatalogProperties.UNIQUE_TABLE_LOCATION)) {
      // Locations are the server's affair.
      server.close();
      server = CatalogServer.start(directory, properties, false);
    }

    Map<String, String> all = new TreeMap<>(PROPERTIES);
    all.putAll(properties);
    return server.client(name, all);
  }

  @Override
  protected String baseTableLocation(TableIdentifier identifier) {
    return server.warehouse() + "/elsewhere/" + identifier.name();
  }

  @Override
  protected boolean supportsNamesWithDot() {
    // The JDBC catalog keeps the levels of a namespace with dots between them.
    return false;
  }

  /** Iceberg's test wants another catalog's message. */
  @Test
  @Override
  public void tableCreationWithoutNamespace() {
    TableIdentifier table = TableIdentifier.of("missing", "table");
    assertThatThrownBy(() -> client.buildTable(table, SCHEMA).create())
        .isInstanceOf(NoSuchNamespaceException.class)
        .hasMessageContaining("Namespace missing does not exist");
  }

  /** Iceberg's test wants another file IO's message. */
  @Test
  @Override
  public void testLoadTableWithMissingMetadataFile(@TempDir Path unused) throws IOException {
    client.createNamespace(TBL.namespace());
    client.buildTable(TBL, SCHEMA).create();
    BaseTable table = (BaseTable) client.loadTable(TBL);
    String location = table.operations().current().metadataFileLocation();
    Files.delete(Path.of(URI.create(location)));
    assertThatThrownBy(() -> client.loadTable(TBL))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining(location);
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
