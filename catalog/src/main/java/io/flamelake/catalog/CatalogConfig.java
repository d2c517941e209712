/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;

/**
 * Which Iceberg catalog, and which namespace of it. Serializable, because Flink ships it to its
 * tasks.
 *
 * @param name of the catalog, part of the key of its rows in a JDBC catalog
 * @param namespace that holds the tables, one level
 * @param properties as Iceberg's catalogs take them: {@code type} or {@code catalog-impl}, {@code
 *     uri}, {@code warehouse}, {@code io-impl} and those of the catalog and its file IO
 */
public record CatalogConfig(String name, String namespace, Map<String, String> properties)
    implements Serializable {
  public static final String DEFAULT_NAME = "flamelake";
  public static final String DEFAULT_NAMESPACE = "flamelake";

  private static final long serialVersionUID = 1L;

  // WAL with a full sync: a commit that returned is on the disk, and readers never wait for it.
  private static final String SQLITE_OPTIONS =
      "?busy_timeout=10000&journal_mode=WAL&synchronous=FULL";

  public CatalogConfig {
    requireNonNull(name, "name");
    requireNonNull(namespace, "namespace");
    if (name.isEmpty() || namespace.isEmpty()) {
      throw new IllegalArgumentException(
          "name: " + name + ", namespace: " + namespace + " (expected: not empty)");
    }

    properties = Collections.unmodifiableSortedMap(new TreeMap<>(properties));
  }

  /** Returns a catalog with the usual name and namespace. */
  public static CatalogConfig of(Map<String, String> properties) {
    return new CatalogConfig(DEFAULT_NAME, DEFAULT_NAMESPACE, properties);
  }

  /** Returns a catalog in an SQLite database, and tables in files, below a directory. */
  public static CatalogConfig embedded(Path dataDirectory) {
    Path directory = dataDirectory.toAbsolutePath().normalize();
    Path database = directory.resolve("catalog").resolve("flamelake.db");
    Map<String, String> properties = new TreeMap<>();
    properties.put(CatalogUtil.ICEBERG_CATALOG_TYPE, CatalogUtil.ICEBERG_CATALOG_TYPE_JDBC);
    properties.put(CatalogProperties.URI, "jdbc:sqlite:" + database + SQLITE_OPTIONS);
    properties.put(
        CatalogProperties.WAREHOUSE_LOCATION, "file://" + directory.resolve("warehouse"));
    properties.put(CatalogProperties.FILE_IO_IMPL, LocalFileIO.class.getName());
    return of(properties);
  }
}
