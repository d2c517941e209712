/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import static java.util.Objects.requireNonNull;

import io.flamelake.flink.sink.LakeTable;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Locale;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;

/**
 * One tenant and period of a table.
 *
 * @param period the hour or day since the epoch
 */
record Partition(LakeTable table, String tenant, int period)
    implements Serializable, Comparable<Partition> {

  private static final long serialVersionUID = 1L;
  private static final long MICROS_PER_SECOND = 1_000_000;

  Partition {
    requireNonNull(table, "table");
    requireNonNull(tenant, "tenant");
  }

  static Partition of(LakeTable table, StructLike values) {
    return new Partition(
        table, values.get(0, CharSequence.class).toString(), values.get(1, Integer.class));
  }

  Instant end() {
    return Instant.EPOCH.plusSeconds(seconds() * (period + 1L));
  }

  /** Returns a filter that all rows of the partition pass, and no others. */
  Expression filter() {
    Expression ofTenant = Expressions.equal("tenant", tenant);
    if (table == LakeTable.STACKS || table == LakeTable.SERIES) {
      return Expressions.and(ofTenant, Expressions.equal("day", period));
    }

    long micros = seconds() * MICROS_PER_SECOND;
    return Expressions.and(
        ofTenant,
        Expressions.greaterThanOrEqual("ts", micros * period),
        Expressions.lessThan("ts", micros * (period + 1L)));
  }

  @Override
  public int compareTo(Partition other) {
    int byTable = table.compareTo(other.table);
    int byPeriod = byTable != 0 ? byTable : Integer.compare(period, other.period);
    return byPeriod != 0 ? byPeriod : tenant.compareTo(other.tenant);
  }

  /** For people: tenant, and hour or day. */
  @Override
  public String toString() {
    Instant start = end().minusSeconds(seconds());
    LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(start.getEpochSecond(), 86_400));
    if (table != LakeTable.PROFILES) {
      return tenant + " " + day;
    }

    return String.format(Locale.ROOT, "%s %sT%02d", tenant, day, Math.floorMod(period, 24));
  }

  private long seconds() {
    return (table == LakeTable.PROFILES ? Duration.ofHours(1) : Duration.ofDays(1)).toSeconds();
  }
}
