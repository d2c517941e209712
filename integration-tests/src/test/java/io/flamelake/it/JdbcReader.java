/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import io.flamelake.it.TableAnswers.Row;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Asks {@link TableQuestions} in SQL through a JDBC driver. */
final class JdbcReader {
  private final Connection connection;
  private final String engine;
  private final String profiles;
  private final String stacks;

  /**
   * @param engine whose SQL it is: a directory below {@code readers}
   * @param profiles what stands after FROM to read the table
   * @param stacks likewise
   */
  JdbcReader(Connection connection, String engine, String profiles, String stacks) {
    this.connection = connection;
    this.engine = engine;
    this.profiles = profiles;
    this.stacks = stacks;
  }

  TableAnswers ask(TableQuestions questions) throws SQLException {
    return TableAnswers.of(
        rows(questions, TableQuestions.TOTALS),
        rows(questions, TableQuestions.STACKS),
        rows(questions, TableQuestions.TOP_FUNCTIONS));
  }

  private List<Row> rows(TableQuestions questions, String question) throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(questions.sql(engine, question, profiles, stacks))) {
      while (result.next()) {
        rows.add(new Row(result.getString("name"), result.getLong("value")));
      }
    }

    return rows;
  }
}
