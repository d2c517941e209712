/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares docs/table-schemas.md with the code. */
class TableSchemasDocTest {
  private static final Path PAGE = Path.of("..", "docs", "table-schemas.md");
  private static final List<TableDefinition> TABLES =
      List.of(
          ProfilesTable.DEFINITION,
          StacksTable.DEFINITION,
          SeriesTable.DEFINITION,
          FlameTable.HOURLY_DEFINITION,
          FlameTable.DAILY_DEFINITION);

  static List<TableDefinition> tables() {
    return TABLES;
  }

  @ParameterizedTest
  @MethodSource("tables")
  void describesColumns(TableDefinition table) throws IOException {
    List<String> expected =
        table.schema().columns().stream()
            .map(
                column ->
                    String.join(
                        " | ",
                        Integer.toString(column.fieldId()),
                        "`" + column.name() + "`",
                        column.type().toString(),
                        column.isRequired() ? "yes" : "no"))
            .toList();

    List<String> described = new ArrayList<>();
    for (List<String> row : rowsBelow("## `" + table.name() + "`")) {
      described.add(String.join(" | ", row.subList(0, 4)));
    }

    assertThat(described).isEqualTo(expected);
  }

  @Test
  void describesProperties() throws IOException {
    List<List<String>> rows = rowsBelow("## Properties");
    for (int i = 0; i < TABLES.size(); i++) {
      TableDefinition table = TABLES.get(i);
      Map<String, String> described = new TreeMap<>();
      for (List<String> row : rows) {
        if (!row.get(i + 1).isEmpty()) {
          described.put(row.get(0).replace("`", ""), row.get(i + 1));
        }
      }

      assertThat(described).as(table.name()).isEqualTo(table.properties());
    }
  }

  /** Returns the cells of the table below a heading, without its head. */
  private static List<List<String>> rowsBelow(String heading) throws IOException {
    List<String> lines = Files.readAllLines(PAGE);
    int start = lines.indexOf(heading);
    assertThat(start).as("line of heading %s", heading).isNotNegative();
    List<List<String>> rows = new ArrayList<>();
    for (String line : lines.subList(start + 1, lines.size())) {
      if (line.startsWith("## ")) {
        break;
      }

      if (line.startsWith("|")) {
        rows.add(cells(line));
      }
    }

    return rows.subList(2, rows.size());
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    int start = 1;
    for (int end = line.indexOf('|', start); end >= 0; end = line.indexOf('|', start)) {
      cells.add(line.substring(start, end).trim());
      start = end + 1;
    }

    return cells;
  }
}
