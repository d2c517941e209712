/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;

/**
 * Asks Flamelake's tables with Flink SQL in batch mode: runs the {@code .sql} files of a directory
 * and writes a {@code .tsv} for each; {@code create.ddl} makes the catalog. Runs in a process of
 * its own, with Iceberg's bundle for Flink in place of the libraries that the server uses.
 */
final class FlinkSqlReaderMain {
  private FlinkSqlReaderMain() {}

  public static void main(String[] args) throws Exception {
    Path dir = Path.of(args[0]);
    TableEnvironment flink = TableEnvironment.create(EnvironmentSettings.inBatchMode());
    flink.getConfig().set("table.local-time-zone", "UTC");
    flink.executeSql(Files.readString(dir.resolve("create.ddl")));
    for (String question : TableQuestions.ALL) {
      TableResult result = flink.executeSql(Files.readString(dir.resolve(question + ".sql")));
      StringBuilder lines = new StringBuilder();
      try (CloseableIterator<Row> rows = result.collect()) {
        rows.forEachRemaining(
            row -> lines.append(row.getField(0)).append('\t').append(row.getField(1)).append('\n'));
      }

      Files.writeString(dir.resolve(question + ".tsv"), lines);
    }
  }

  /** The statement that makes Iceberg's catalog of these properties. */
  static String createCatalog(String name, Map<String, String> properties) {
    StringBuilder ddl = new StringBuilder("CREATE CATALOG ").append(name).append(" WITH (");
    ddl.append("'type' = 'iceberg'");
    properties.forEach(
        (key, value) ->
            ddl.append(", '")
                .append(key.equals("type") ? "catalog-type" : key)
                .append("' = '")
                .append(value)
                .append('\''));
    return ddl.append(')').toString();
  }
}
