/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Array;
import java.sql.Connection;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rows of a query in plain values: numbers, strings, instants, dates, lists and maps. */
final class TrinoRows {
  private TrinoRows() {}

  /** What a query answered. */
  record Result(List<String> columns, List<List<@Nullable Object>> rows) {
    String toMarkdown() {
      StringBuilder table = new StringBuilder();
      table.append("| ").append(String.join(" | ", columns)).append(" |\n");
      table.append("|").append("---|".repeat(columns.size())).append('\n');
      for (List<@Nullable Object> row : rows) {
        table.append('|');
        row.forEach(cell -> table.append(' ').append(cell).append(" |"));
        table.append('\n');
      }

      return table.toString();
    }
  }

  static List<List<@Nullable Object>> of(Connection connection, String sql) {
    return query(connection, sql).rows();
  }

  static Result query(Connection connection, String sql) {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<List<@Nullable Object>> rows = new ArrayList<>();
      List<String> columns = new ArrayList<>();
      for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
        columns.add(result.getMetaData().getColumnLabel(i));
      }

      while (result.next()) {
        List<@Nullable Object> row = new ArrayList<>();
        for (int i = 1; i <= columns.size(); i++) {
          row.add(plain(result.getObject(i)));
        }

        rows.add(row);
      }

      return new Result(columns, rows);
    } catch (SQLException e) {
      throw new AssertionError(e.getMessage() + " in\n" + sql, e);
    }
  }

  static void execute(Connection connection, String sql) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(e.getMessage() + " in\n" + sql, e);
    }
  }

  /** Compares in order; expected numbers may be {@link Rounded}. */
  static void expect(List<List<@Nullable Object>> actual, List<List<@Nullable Object>> expected) {
    assertThat(expected).as("expected rows, to be of use").isNotEmpty();
    assertThat(actual)
        .usingElementComparator(TrinoRows::compare)
        .containsExactlyElementsOf(expected);
  }

  /** Compares in any order. */
  static void expectInAnyOrder(
      List<List<@Nullable Object>> actual, List<List<@Nullable Object>> expected) {
    assertThat(expected).as("expected rows, to be of use").isNotEmpty();
    assertThat(counts(actual)).isEqualTo(counts(expected));
  }

  /** How often each row is there: to compare in linear time. */
  private static Map<List<@Nullable Object>, Long> counts(List<List<@Nullable Object>> rows) {
    return rows.stream().collect(Collectors.groupingBy(row -> row, Collectors.counting()));
  }

  private static int compare(List<@Nullable Object> left, List<@Nullable Object> right) {
    if (left.size() != right.size()) {
      return 1;
    }

    for (int i = 0; i < left.size(); i++) {
      if (!accepts(left.get(i), right.get(i)) && !accepts(right.get(i), left.get(i))) {
        return 1;
      }
    }

    return 0;
  }

  private static boolean accepts(@Nullable Object expected, @Nullable Object actual) {
    if (expected instanceof Rounded rounded) {
      return actual instanceof Double number && rounded.accepts(number);
    }

    return expected == null ? actual == null : expected.equals(actual);
  }

  private static @Nullable Object plain(@Nullable Object value) throws SQLException {
    if (value instanceof Integer number) {
      return number.longValue();
    } else if (value instanceof Timestamp timestamp) {
      return timestamp.toInstant();
    } else if (value instanceof Date date) {
      return date.toLocalDate();
    } else if (value instanceof Array array) {
      return Arrays.asList((Object[]) array.getArray());
    }

    return value;
  }
}
