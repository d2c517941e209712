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
import org.apache.iceberg.types.Types.DateType;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.MapType;
import org.apache.iceberg.types.Types.StringType;

/**
 * Table {@code series}: the label sets and profile types seen on a UTC day.
 *
 * <p>A row's identity is ({@link #TENANT}, {@link #DAY}, {@link #SERIES_ID}, {@link
 * #PROFILE_TYPE}). The same row may be there more than once.
 */
public final class SeriesTable {
  public static final String NAME = "series";

  public static final String TENANT = "tenant";
  public static final String DAY = "day";
  public static final String SERIES_ID = "series_id";
  public static final String PROFILE_TYPE = "profile_type";
  public static final String SERVICE_NAME = "service_name";
  public static final String LABELS = "labels";

  public static final Schema SCHEMA =
      new Schema(
          required(1, TENANT, StringType.get()),
          required(2, DAY, DateType.get()),
          required(3, SERIES_ID, LongType.get()),
          required(4, PROFILE_TYPE, StringType.get()),
          required(5, SERVICE_NAME, StringType.get()),
          required(6, LABELS, MapType.ofRequired(7, 8, StringType.get(), StringType.get())));

  public static final PartitionSpec SPEC =
      PartitionSpec.builderFor(SCHEMA).identity(TENANT).identity(DAY).build();

  public static final SortOrder SORT_ORDER =
      SortOrder.builderFor(SCHEMA).asc(SERVICE_NAME).asc(PROFILE_TYPE).asc(SERIES_ID).build();

  public static final Map<String, String> PROPERTIES =
      TableDefinition.properties(
          Map.of(
              TableProperties.PARQUET_COMPRESSION_LEVEL,
              "3",
              TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES,
              "8388608",
              TableProperties.PARQUET_PAGE_ROW_LIMIT,
              "4000",
              TableProperties.WRITE_TARGET_FILE_SIZE_BYTES,
              "67108864",
              TableDefinition.metricsOf(SERVICE_NAME),
              "full",
              TableDefinition.metricsOf(PROFILE_TYPE),
              "full"));

  static final TableDefinition DEFINITION =
      new TableDefinition(NAME, SCHEMA, SPEC, SORT_ORDER, PROPERTIES);

  private SeriesTable() {}
}
