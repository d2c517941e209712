/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.testkit.TrinoServer;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of docs/trino.md, in a real Trino. */
class TrinoConnectITCase {
  private static final Path PAGE = Path.of("..", "docs", "trino.md");
  private static final String URI_KEY = "iceberg.rest-catalog.uri";

  @Test
  void readsAndWritesThroughTheRestCatalog(@TempDir Path dir) throws Exception {
    try (FlamelakeProcess catalog = FlamelakeProcess.start(dir.resolve("data"), "-target=catalog");
        TrinoServer trino = TrinoServer.start(Map.of("flamelake", properties(catalog)));
        Connection connection = trino.connect("flamelake", "flamelake");
        Statement statement = connection.createStatement()) {
      assertThat(strings(statement, "SHOW TABLES")).contains("profiles", "series", "stacks");
      assertThat(strings(statement, "SELECT count(*) FROM profiles")).containsExactly("0");

      statement.execute("CREATE TABLE nation AS SELECT * FROM tpch.tiny.nation");
      statement.execute("DELETE FROM nation WHERE regionkey > 0");
      statement.execute("CREATE VIEW named AS SELECT name FROM nation");
      assertThat(strings(statement, "SELECT count(*) FROM named")).containsExactly("5");
      assertThat(strings(statement, "SELECT min(file_path) FROM \"nation$files\"").get(0))
          .startsWith("file://" + dir.resolve("data").resolve("warehouse"));
      for (String procedure : List.of("expire_snapshots", "remove_orphan_files")) {
        assertThatThrownBy(
                () ->
                    statement.execute(
                        "ALTER TABLE nation EXECUTE %s(retention_threshold => '6d')"
                            .formatted(procedure)))
            .hasMessageContaining("minimum retention configured in the system (7.00d)");
      }

      statement.execute("DROP VIEW named");
      statement.execute("DROP TABLE nation");
      assertThat(strings(statement, "SHOW TABLES")).doesNotContain("nation", "named");
    }
  }

  private static Map<String, String> properties(FlamelakeProcess catalog) throws IOException {
    String page = Files.readString(PAGE, UTF_8);
    int start = page.indexOf("```properties", page.indexOf("<!-- trino: rest-local -->"));
    String file = page.substring(page.indexOf('\n', start), page.indexOf("```\n", start + 3));
    Properties parsed = new Properties();
    parsed.load(new StringReader(file));
    Map<String, String> properties = new TreeMap<>();
    parsed.stringPropertyNames().forEach(name -> properties.put(name, parsed.getProperty(name)));
    assertThat(properties).containsEntry(URI_KEY, "http://localhost:4040/iceberg");
    properties.put(URI_KEY, catalog.uri("/iceberg").toString());
    return properties;
  }

  private static List<String> strings(Statement statement, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }

    return values;
  }
}
