/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrinoServerITCase {
  @Test
  void readsAndWritesTablesOfASqliteCatalogInLocalFiles(@TempDir Path dir) throws Exception {
    Files.createDirectories(dir.resolve("catalog"));
    makeCatalogTables(dir.resolve("catalog").resolve("flamelake.db"));
    try (TrinoServer trino = TrinoServer.start(Map.of("lake", TrinoCatalogs.embedded(dir)));
        Connection connection = trino.connect("lake", "shop");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA lake.shop");
      statement.execute("CREATE TABLE nation AS SELECT * FROM tpch.tiny.nation");
      statement.execute(
          "CREATE VIEW africa AS SELECT name FROM lake.shop.nation WHERE regionkey = 0");

      assertThat(longOf(statement, "SELECT sum(nationkey) FROM nation")).isEqualTo(300);
      assertThat(longOf(statement, "SELECT count(*) FROM africa")).isEqualTo(5);
      assertThat(stringOf(statement, "SELECT min(file_path) FROM \"nation$files\""))
          .startsWith("file://" + dir.toAbsolutePath().resolve("warehouse"));
      assertThat(trino.jdbcUrl("lake", "shop"))
          .isEqualTo("jdbc:trino://127.0.0.1:" + trino.port() + "/lake/shop");
    }
  }

  /** Makes what Iceberg's JDBC catalog finds at its first start; Trino only uses it. */
  private static void makeCatalogTables(Path database) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE TABLE iceberg_tables (catalog_name VARCHAR(255) NOT NULL,
            table_namespace VARCHAR(255) NOT NULL, table_name VARCHAR(255) NOT NULL,
            metadata_location VARCHAR(1000), previous_metadata_location VARCHAR(1000),
            iceberg_type VARCHAR(5), PRIMARY KEY (catalog_name, table_namespace, table_name))
          """);
      statement.execute(
          """
          CREATE TABLE iceberg_namespace_properties (catalog_name VARCHAR(255) NOT NULL,
            namespace VARCHAR(255) NOT NULL, property_key VARCHAR(255) NOT NULL,
            property_value VARCHAR(1000), PRIMARY KEY (catalog_name, namespace, property_key))
          """);
    }
  }

  private static long longOf(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).as("a row of %s", sql).isTrue();
      return rows.getLong(1);
    }
  }

  private static String stringOf(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).as("a row of %s", sql).isTrue();
      return rows.getString(1);
    }
  }
}
