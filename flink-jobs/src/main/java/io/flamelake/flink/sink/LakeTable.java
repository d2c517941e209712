/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.LakeTables;
import java.util.List;
import java.util.Locale;
import org.apache.iceberg.Table;

/** The tables of the lake. */
public enum LakeTable {
  STACKS,
  SERIES,
  PROFILES,
  FLAME_1H,
  FLAME_1D;

  /**
   * The tables that the ingest job writes, in the order of its commits: symbols before the profiles
   * that name them, so that a reader of the newest profiles finds every stack.
   */
  public static final List<LakeTable> INGESTED = List.of(STACKS, SERIES, PROFILES);

  private final String tableName = name().toLowerCase(Locale.ROOT);

  public static LakeTable ofName(String tableName) {
    for (LakeTable table : values()) {
      if (table.tableName.equals(tableName)) {
        return table;
      }
    }

    throw new IllegalArgumentException("Table: " + tableName + " (expected: one of the lake's)");
  }

  public String tableName() {
    return tableName;
  }

  /** Returns the layout of the table's rows. */
  public RowLayout<?> layout() {
    return switch (this) {
      case STACKS -> new StacksLayout();
      case SERIES -> new SeriesLayout();
      case PROFILES -> new ProfilesLayout();
      case FLAME_1H -> FlameLayout.HOURLY;
      case FLAME_1D -> FlameLayout.DAILY;
    };
  }

  public Table in(LakeTables tables) {
    requireNonNull(tables, "tables");
    return switch (this) {
      case STACKS -> tables.stacks();
      case SERIES -> tables.series();
      case PROFILES -> tables.profiles();
      case FLAME_1H -> tables.flame1h();
      case FLAME_1D -> tables.flame1d();
    };
  }
}
