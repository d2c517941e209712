/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;

import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.types.Types.FixedType;
import org.apache.iceberg.types.Types.ListType;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.MapType;
import org.apache.iceberg.types.Types.StringType;
import org.apache.iceberg.types.Types.TimestampType;
import org.apache.iceberg.types.Types.UUIDType;

/**
 * Table {@code profiles}, the source of truth: one row for each profile, sample type and label set.
 *
 * <p>A row's identity is ({@link #TENANT}, {@link #PROFILE_ID}, {@link #PROFILE_TYPE}, {@link
 * #SERIES_ID}). Field ids are those that Iceberg gives to a new table, so that a schema written
 * here and the table's are the same.
 */
public final class ProfilesTable {
  public static final String NAME = "profiles";

  public static final String TENANT = "tenant";
  public static final String PROFILE_TYPE = "profile_type";
  public static final String SERVICE_NAME = "service_name";
  public static final String TS = "ts";
  public static final String DURATION_NS = "duration_ns";
  public static final String PERIOD = "period";
  public static final String SERIES_ID = "series_id";
  public static final String LABELS = "labels";
  public static final String TOTAL_VALUE = "total_value";
  public static final String STACK_IDS = "stack_ids";
  public static final String VALUES = "values";
  public static final String SPAN_IDS = "span_ids";
  public static final String TRACE_IDS = "trace_ids";
  public static final String PROFILE_ID = "profile_id";

  public static final int TRACE_ID_LENGTH = 16;

  public static final Schema SCHEMA =
      new Schema(
          required(1, TENANT, StringType.get()),
          required(2, PROFILE_TYPE, StringType.get()),
          required(3, SERVICE_NAME, StringType.get()),
          required(4, TS, TimestampType.withZone()),
          required(5, DURATION_NS, LongType.get()),
          required(6, PERIOD, LongType.get()),
          required(7, SERIES_ID, LongType.get()),
          required(8, LABELS, MapType.ofRequired(15, 16, StringType.get(), StringType.get())),
          required(9, TOTAL_VALUE, LongType.get()),
          required(10, STACK_IDS, ListType.ofRequired(17, LongType.get())),
          required(11, VALUES, ListType.ofRequired(18, LongType.get())),
          optional(12, SPAN_IDS, ListType.ofRequired(19, LongType.get())),
          optional(13, TRACE_IDS, ListType.ofRequired(20, FixedType.ofLength(TRACE_ID_LENGTH))),
          required(14, PROFILE_ID, UUIDType.get()));

  public static final PartitionSpec SPEC =
      PartitionSpec.builderFor(SCHEMA).identity(TENANT).hour(TS).build();

  public static final SortOrder SORT_ORDER =
      SortOrder.builderFor(SCHEMA).asc(PROFILE_TYPE).asc(SERVICE_NAME).asc(TS).build();

  public static final Map<String, String> PROPERTIES =
      TableDefinition.properties(
          Map.ofEntries(
              Map.entry(TableProperties.PARQUET_COMPRESSION_LEVEL, "1"),
              Map.entry(TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES, "8388608"),
              // Iceberg's 20,000 costs a one-service scan six times as much.
              Map.entry(TableProperties.PARQUET_PAGE_ROW_LIMIT, "250"),
              Map.entry(TableProperties.WRITE_TARGET_FILE_SIZE_BYTES, "134217728"),
              Map.entry(TableDefinition.metricsOf(TENANT), "full"),
              Map.entry(TableDefinition.metricsOf(PROFILE_TYPE), "full"),
              Map.entry(TableDefinition.metricsOf(SERVICE_NAME), "full"),
              Map.entry(TableDefinition.metricsOf(TS), "full"),
              Map.entry(TableDefinition.metricsOf(SERIES_ID), "full")));

  static final TableDefinition DEFINITION =
      new TableDefinition(NAME, SCHEMA, SPEC, SORT_ORDER, PROPERTIES);

  private ProfilesTable() {}
}
