/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.aws.HttpClientProperties;
import org.apache.iceberg.aws.s3.S3FileIO;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open Iceberg catalog and the tables of Flamelake in it.
 *
 * <p>Any catalog that Iceberg can load by properties. Several processes may open the same one, also
 * for the first time at the same time. Thread-safe as far as Iceberg's catalogs are: a {@link
 * Table} is not, so every thread asks for its own {@link #tables()}.
 */
public final class LakeCatalog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LakeCatalog.class);
  private static final String SQLITE_PREFIX = "jdbc:sqlite:";
  private static final String JDBC_SCHEMA_VERSION = "jdbc.schema-version";

  /** Refuses tables in namespaces that are not there. */
  private static final String JDBC_STRICT_MODE = "jdbc.strict-mode";

  private static final int MAX_OPEN_ATTEMPTS = 5;
  private static final long OPEN_BACKOFF_MILLIS = 50;

  private final Catalog catalog;
  private final Namespace namespace;

  private LakeCatalog(Catalog catalog, Namespace namespace) {
    this.catalog = catalog;
    this.namespace = namespace;
  }

  /** Opens the catalog; a directory for an SQLite database is made if it is missing. */
  public static LakeCatalog open(CatalogConfig config) {
    Map<String, String> properties = withDefaults(config.properties());
    makeDatabaseDirectory(properties.getOrDefault(CatalogProperties.URI, ""));
    return new LakeCatalog(build(config.name(), properties), Namespace.of(config.namespace()));
  }

  /** Returns the catalog itself, to load or commit tables in ways that are not offered here. */
  public Catalog iceberg() {
    return catalog;
  }

  /** Returns the name of a table in this catalog. */
  public TableIdentifier identifier(String table) {
    return TableIdentifier.of(namespace, table);
  }

  /**
   * Loads the tables. Those that are missing are created, those that are there are checked, and
   * their properties are set right.
   *
   * @throws IncompatibleTableException if a table differs from what this version needs
   */
  public LakeTables tables() {
    Table stacks = table(StacksTable.DEFINITION);
    Table series = table(SeriesTable.DEFINITION);
    Table profiles = table(ProfilesTable.DEFINITION);
    Table flame1h = table(FlameTable.HOURLY_DEFINITION);
    Table flame1d = table(FlameTable.DAILY_DEFINITION);
    return new LakeTables(profiles, stacks, series, flame1h, flame1d);
  }

  @Override
  public void close() {
    if (catalog instanceof Closeable closeable) {
      try {
        closeable.close();
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot close catalog " + catalog.name(), e);
      }
    }
  }

  private static Catalog build(String name, Map<String, String> properties) {
    for (int attempt = 1; ; attempt++) {
      try {
        // The third argument is Hadoop's configuration, for the catalogs that want one.
        return CatalogUtil.buildIcebergCatalog(name, properties, null);
      } catch (UncheckedSQLException e) {
        // JdbcCatalog makes its own tables in two steps, and loses the race for the second one
        // when another process opens the same new database.
        if (attempt == MAX_OPEN_ATTEMPTS) {
          throw e;
        }

        LOG.info("Opening catalog {} again: {}", name, e.getMessage());
        pause(attempt, e);
      }
    }
  }

  private static void pause(int attempt, UncheckedSQLException failure) {
    try {
      Thread.sleep(OPEN_BACKOFF_MILLIS * attempt);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }

  private Table table(TableDefinition definition) {
    Table table = loadOrCreate(definition);
    TableCheck.check(table, definition);
    return table;
  }

  private Table loadOrCreate(TableDefinition definition) {
    TableIdentifier identifier = identifier(definition.name());
    try {
      return catalog.loadTable(identifier);
    } catch (NoSuchTableException e) {
      LOG.info("Creating table {}", identifier);
    }

    createNamespace();
    Map<String, String> properties = new TreeMap<>(definition.properties());
    properties.put(
        TableProperties.FORMAT_VERSION, Integer.toString(TableDefinition.FORMAT_VERSION));
    try {
      return catalog
          .buildTable(identifier, definition.schema())
          .withPartitionSpec(definition.spec())
          .withSortOrder(definition.sortOrder())
          .withProperties(properties)
          .create();
    } catch (AlreadyExistsException e) {
      LOG.info("Another process created table {} meanwhile", identifier);
      return catalog.loadTable(identifier);
    }
  }

  private void createNamespace() {
    if (!(catalog instanceof SupportsNamespaces namespaces)
        || namespaces.namespaceExists(namespace)) {
      return;
    }

    try {
      namespaces.createNamespace(namespace);
    } catch (RuntimeException e) {
      // Another process may have won the race; each catalog has its own exception for it.
      if (!namespaces.namespaceExists(namespace)) {
        throw e;
      }
    }
  }

  private static Map<String, String> withDefaults(Map<String, String> configured) {
    Map<String, String> properties = new TreeMap<>(configured);
    // The one HTTP client of the AWS SDK that is on the class path.
    properties.putIfAbsent(
        HttpClientProperties.CLIENT_TYPE, HttpClientProperties.CLIENT_TYPE_URLCONNECTION);
    addFileIODefaults(properties);
    String uri = properties.getOrDefault(CatalogProperties.URI, "");
    if (uri.startsWith("jdbc:")) {
      addJdbcDefaults(properties, uri);
    } else if (isRest(properties)) {
      // Iceberg's client waits for ever for an answer from a machine that is gone.
      properties.putIfAbsent("rest.client.connection-timeout-ms", "10000");
      properties.putIfAbsent("rest.client.socket-timeout-ms", "60000");
    }

    return properties;
  }

  /** Iceberg's own defaults want Hadoop. */
  private static void addFileIODefaults(Map<String, String> properties) {
    String warehouse = properties.getOrDefault(CatalogProperties.WAREHOUSE_LOCATION, "");
    if (isRest(properties)) {
      properties.putIfAbsent(CatalogProperties.FILE_IO_IMPL, LakeFileIO.class.getName());
    } else if (warehouse.startsWith("s3://")) {
      properties.putIfAbsent(CatalogProperties.FILE_IO_IMPL, S3FileIO.class.getName());
    } else if (warehouse.startsWith("file:") || warehouse.startsWith("/")) {
      properties.putIfAbsent(CatalogProperties.FILE_IO_IMPL, LocalFileIO.class.getName());
      // Clients of the REST catalog name locations, and this process has more rights than they.
      properties.putIfAbsent(LocalFileIO.ROOT, warehouse);
    }
  }

  private static void addJdbcDefaults(Map<String, String> properties, String uri) {
    properties.putIfAbsent(JDBC_SCHEMA_VERSION, "V1");
    properties.putIfAbsent(JDBC_STRICT_MODE, "true");
    if (uri.startsWith(SQLITE_PREFIX)) {
      // One writer at a time is all that SQLite does; a second connection would only wait.
      properties.putIfAbsent(CatalogProperties.CLIENT_POOL_SIZE, "1");
    }

    if (CatalogUtil.ICEBERG_CATALOG_TYPE_JDBC.equals(
        properties.get(CatalogUtil.ICEBERG_CATALOG_TYPE))) {
      properties.remove(CatalogUtil.ICEBERG_CATALOG_TYPE);
      properties.put(CatalogProperties.CATALOG_IMPL, SafeJdbcCatalog.class.getName());
    }
  }

  private static boolean isRest(Map<String, String> properties) {
    return CatalogUtil.ICEBERG_CATALOG_TYPE_REST.equals(
        properties.get(CatalogUtil.ICEBERG_CATALOG_TYPE));
  }

  private static void makeDatabaseDirectory(String uri) {
    if (!uri.startsWith(SQLITE_PREFIX)) {
      return;
    }

    int optionsStart = uri.indexOf('?');
    String file =
        uri.substring(SQLITE_PREFIX.length(), optionsStart < 0 ? uri.length() : optionsStart);
    Path directory = Path.of(file).toAbsolutePath().getParent();
    if (file.startsWith(":") || directory == null) {
      return;
    }

    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make the catalog's directory " + directory, e);
    }
  }
}
