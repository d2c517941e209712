/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The properties with which Trino reads Flamelake's tables: the catalog, and the file system that
 * its tables are in. Tables at {@code file:///…} are read by Trino's local file system with {@code
 * /} as its root.
 */
public final class TrinoCatalogs {
  private static final String SQLITE_OPTIONS =
      "?busy_timeout=10000&journal_mode=WAL&synchronous=FULL";

  private TrinoCatalogs() {}

  /** The embedded catalog below a server's {@code -storage.path}, and tables in local files. */
  public static Map<String, String> embedded(Path storage) {
    Path directory = storage.toAbsolutePath().normalize();
    Map<String, String> properties =
        jdbc(
            "flamelake",
            "org.sqlite.JDBC",
            "jdbc:sqlite:" + directory.resolve("catalog").resolve("flamelake.db") + SQLITE_OPTIONS);
    properties.put(
        "iceberg.jdbc-catalog.default-warehouse-dir", "file://" + directory.resolve("warehouse"));
    return withLocalFiles(properties);
  }

  /** A JDBC catalog; where its tables are is for the caller to add. */
  public static Map<String, String> jdbc(String catalogName, String driver, String uri) {
    Map<String, String> properties = iceberg("jdbc");
    properties.put("iceberg.jdbc-catalog.catalog-name", catalogName);
    properties.put("iceberg.jdbc-catalog.driver-class", driver);
    properties.put("iceberg.jdbc-catalog.connection-url", uri);
    properties.put("iceberg.jdbc-catalog.schema-version", "V1");
    return properties;
  }

  /** A REST catalog; where its tables are is for the caller to add. */
  public static Map<String, String> rest(URI uri) {
    Map<String, String> properties = iceberg("rest");
    properties.put("iceberg.rest-catalog.uri", uri.toString());
    return properties;
  }

  /** Adds the file system of this machine. */
  public static Map<String, String> withLocalFiles(Map<String, String> catalog) {
    Map<String, String> properties = new TreeMap<>(catalog);
    properties.put("fs.native-local.enabled", "true");
    properties.put("local.location", "/");
    return properties;
  }

  /** Adds an S3 endpoint that is addressed by path. */
  public static Map<String, String> withS3(
      Map<String, String> catalog, URI endpoint, String accessKey, String secretKey) {
    Map<String, String> properties = new TreeMap<>(catalog);
    properties.put("fs.native-s3.enabled", "true");
    properties.put("s3.endpoint", endpoint.toString());
    properties.put("s3.region", "us-east-1");
    properties.put("s3.path-style-access", "true");
    properties.put("s3.aws-access-key", accessKey);
    properties.put("s3.aws-secret-key", secretKey);
    return properties;
  }

  private static Map<String, String> iceberg(String catalogType) {
    Map<String, String> properties = new TreeMap<>();
    properties.put("connector.name", "iceberg");
    properties.put("iceberg.catalog.type", catalogType);
    return properties;
  }
}
