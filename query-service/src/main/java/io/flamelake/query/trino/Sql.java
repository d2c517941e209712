/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import io.flamelake.query.TimeRange;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;

/**
 * A statement that grows piece by piece. Its text is made of this package's constants and numbers;
 * whatever comes from a request or a row is a parameter.
 */
final class Sql {
  /**
   * Ids in one statement: as text they have to stay below Trino's limit of 1,000,000 characters.
   */
  static final int MAX_IDS = 25_000;

  /** As many single parameters tell Trino's planner which files to skip; more only cost time. */
  private static final int MAX_LISTED_IDS = 100;

  /** Trino's own types go further, its literals are not worth the trouble. */
  private static final long MIN_DAY = LocalDate.of(1, 1, 1).toEpochDay();

  private static final long MAX_DAY = LocalDate.of(9999, 12, 31).toEpochDay();

  private static final long MICROS_PER_DAY = 86_400_000_000L;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final StringBuilder text = new StringBuilder();
  private final List<Parameter> parameters = new ArrayList<>();
  private final Set<String> tables = new HashSet<>();

  @FunctionalInterface
  private interface Parameter {
    void set(PreparedStatement statement, int index) throws SQLException;
  }

  Sql append(long number) {
    text.append(number);
    return this;
  }

  /**
   * @param constant no part of it may come from outside of this package
   */
  Sql append(String constant) {
    text.append(constant);
    return this;
  }

  /** A table, in one version of it. */
  Sql version(String table, long snapshotId) {
    tables.add(table);
    return append(table).append(" FOR VERSION AS OF ").append(snapshotId);
  }

  Sql bind(String value) {
    return add((statement, index) -> statement.setString(index, value));
  }

  Sql bind(long value) {
    return add((statement, index) -> statement.setLong(index, value));
  }

  Sql bind(byte[] value) {
    return add((statement, index) -> statement.setBytes(index, value));
  }

  private Sql bindTime(long micros) {
    String time = TIME.format(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
    return add(
        (statement, index) -> statement.setObject(index, time, Types.TIMESTAMP_WITH_TIMEZONE));
  }

  Sql bindDay(long epochDay) {
    String day = LocalDate.ofEpochDay(epochDay).toString();
    return add((statement, index) -> statement.setObject(index, day, Types.DATE));
  }

  private Sql add(Parameter parameter) {
    text.append('?');
    parameters.add(parameter);
    return this;
  }

  /** Conditions on a column of times; ends that no profile can lie beyond are none. */
  Sql andTimeIn(String column, TimeRange range) {
    if (range.firstEpochDay() > MIN_DAY) {
      append(" AND ").append(column).append(" >= ").bindTime(within(range.startMicros()));
    }

    if (TimeRange.epochDay(range.endMicros()) < MAX_DAY) {
      append(" AND ").append(column).append(" < ").bindTime(within(range.endMicros()));
    }

    return this;
  }

  private static long within(long micros) {
    return Math.max(MIN_DAY * MICROS_PER_DAY, Math.min(MAX_DAY * MICROS_PER_DAY, micros));
  }

  /** Conditions on a column of days; ends that no profile can lie beyond are none. */
  Sql andDayIn(String column, long firstEpochDay, long lastEpochDay) {
    if (firstEpochDay > MIN_DAY) {
      append(" AND ").append(column).append(" >= ").bindDay(Math.min(firstEpochDay, MAX_DAY));
    }

    if (lastEpochDay < MAX_DAY) {
      append(" AND ").append(column).append(" <= ").bindDay(Math.max(lastEpochDay, MIN_DAY));
    }

    return this;
  }

  /** A condition that a column of strings has one of some values. */
  Sql andIn(String column, Collection<String> values) {
    append(" AND ").append(column).append(" IN (");
    String separator = "";
    for (String value : values) {
      append(separator).bind(value);
      separator = ", ";
    }

    return append(")");
  }

  /** A condition that a column of numbers has one of some values, {@link #MAX_IDS} at most. */
  Sql andIdIn(String column, Collection<Long> ids) {
    return append(" AND ").append(column).append(" IN ").bindIds(ids);
  }

  /** A condition that a column of numbers has none of some values. */
  Sql andIdNotIn(String column, Collection<Long> ids) {
    return append(" AND ").append(column).append(" NOT IN ").bindIds(ids);
  }

  private Sql bindIds(Collection<Long> ids) {
    append("(");
    if (ids.size() > MAX_LISTED_IDS) {
      append("SELECT CAST(id AS bigint) FROM UNNEST(split(").bindList(ids);
      return append(", ',')) AS ids (id))");
    }

    String separator = "";
    for (long id : ids) {
      append(separator).bind(id);
      separator = ", ";
    }

    return append(")");
  }

  /** Numbers as one text that SQL splits: Trino has no parameters of array types. */
  Sql bindList(Iterable<? extends Number> values) {
    StringJoiner list = new StringJoiner(",");
    values.forEach(value -> list.add(value.toString()));
    return bind(list.toString());
  }

  /** Whether one of its tables is this one. */
  boolean reads(String table) {
    return tables.contains(table);
  }

  String text() {
    return text.toString();
  }

  void bindTo(PreparedStatement statement) throws SQLException {
    for (int i = 0; i < parameters.size(); i++) {
      parameters.get(i).set(statement, i + 1);
    }
  }
}
