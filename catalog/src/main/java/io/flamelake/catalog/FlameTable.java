/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import static org.apache.iceberg.types.Types.NestedField.required;

import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.types.Types.IntegerType;
import org.apache.iceberg.types.Types.ListType;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.StringType;
import org.apache.iceberg.types.Types.TimestampType;

/**
 * Tables {@code flame_1h} and {@code flame_1d}, the roll-ups: one row holds the call tree of a
 * tenant, profile type and service over a full hour or UTC day.
 *
 * <p>A row's identity is ({@link #TENANT}, {@link #PROFILE_TYPE}, {@link #SERVICE_NAME}, {@link
 * #TS}). All rows of a tenant and hour (or day) come and go in one commit, and say by {@link
 * #COVERED_SEQUENCE} and {@link #COVERED_ROWS} which {@link PartitionVersion} of {@code profiles}
 * they were made of: only a reader that sees this very version may use them.
 */
public final class FlameTable {
  public static final String HOURLY = "flame_1h";
  public static final String DAILY = "flame_1d";

  public static final String TENANT = "tenant";
  public static final String PROFILE_TYPE = "profile_type";
  public static final String SERVICE_NAME = "service_name";

  /** The start of the hour or day. */
  public static final String TS = "ts";

  public static final String TOTAL_VALUE = "total_value";
  public static final String PROFILES = "profiles";
  public static final String SAMPLES = "samples";
  public static final String NAMES = "names";

  /** Nodes in preorder; the other lists of nodes are parallel to it. */
  public static final String PARENTS = "parents";

  public static final String FUNCTIONS = "functions";
  public static final String SELF = "self";
  public static final String COVERED_SEQUENCE = "covered_sequence";
  public static final String COVERED_ROWS = "covered_rows";

  public static final Schema SCHEMA =
      new Schema(
          required(1, TENANT, StringType.get()),
          required(2, PROFILE_TYPE, StringType.get()),
          required(3, SERVICE_NAME, StringType.get()),
          required(4, TS, TimestampType.withZone()),
          required(5, TOTAL_VALUE, LongType.get()),
          required(6, PROFILES, LongType.get()),
          required(7, SAMPLES, LongType.get()),
          required(8, NAMES, ListType.ofRequired(14, StringType.get())),
          required(9, PARENTS, ListType.ofRequired(15, IntegerType.get())),
          required(10, FUNCTIONS, ListType.ofRequired(16, IntegerType.get())),
          required(11, SELF, ListType.ofRequired(17, LongType.get())),
          required(12, COVERED_SEQUENCE, LongType.get()),
          required(13, COVERED_ROWS, LongType.get()));

  public static final PartitionSpec SPEC =
      PartitionSpec.builderFor(SCHEMA).identity(TENANT).day(TS).build();

  public static final SortOrder SORT_ORDER =
      SortOrder.builderFor(SCHEMA).asc(PROFILE_TYPE).asc(SERVICE_NAME).asc(TS).build();

  public static final Map<String, String> PROPERTIES =
      TableDefinition.properties(
          Map.ofEntries(
              Map.entry(TableProperties.PARQUET_COMPRESSION_LEVEL, "3"),
              Map.entry(TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES, "8388608"),
              // A row is a whole tree: whoever wants one must not have to unpack its neighbours.
              Map.entry(TableProperties.PARQUET_PAGE_ROW_LIMIT, "1"),
              Map.entry(TableProperties.WRITE_TARGET_FILE_SIZE_BYTES, "67108864"),
              Map.entry(TableDefinition.metricsOf(TENANT), "full"),
              Map.entry(TableDefinition.metricsOf(PROFILE_TYPE), "full"),
              Map.entry(TableDefinition.metricsOf(SERVICE_NAME), "full"),
              Map.entry(TableDefinition.metricsOf(TS), "full")));

  static final TableDefinition HOURLY_DEFINITION =
      new TableDefinition(HOURLY, SCHEMA, SPEC, SORT_ORDER, PROPERTIES);

  static final TableDefinition DAILY_DEFINITION =
      new TableDefinition(DAILY, SCHEMA, SPEC, SORT_ORDER, PROPERTIES);

  private FlameTable() {}
}
