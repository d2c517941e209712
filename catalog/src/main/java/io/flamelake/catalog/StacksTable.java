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
import org.apache.iceberg.types.Types.DateType;
import org.apache.iceberg.types.Types.IntegerType;
import org.apache.iceberg.types.Types.ListType;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.StringType;

/**
 * Table {@code stacks}: what the stack ids of a service mean, for each UTC day they occur on.
 *
 * <p>A row's identity is ({@link #TENANT}, {@link #DAY}, {@link #SERVICE_NAME}, {@link #STACK_ID}).
 * The same row may be there more than once, with the same content: readers take any one of them.
 * Writers order rows by service and functions, which no Iceberg order can say because functions are
 * a list.
 */
public final class StacksTable {
  public static final String NAME = "stacks";

  public static final String TENANT = "tenant";
  public static final String DAY = "day";
  public static final String SERVICE_NAME = "service_name";
  public static final String STACK_ID = "stack_id";

  /** Root first; the other lists are parallel to it. */
  public static final String FUNCTIONS = "functions";

  public static final String LINES = "lines";
  public static final String FILES = "files";
  public static final String MAPPINGS = "mappings";
  public static final String BUILD_IDS = "build_ids";
  public static final String ADDRESSES = "addresses";

  public static final Schema SCHEMA =
      new Schema(
          required(1, TENANT, StringType.get()),
          required(2, DAY, DateType.get()),
          required(3, SERVICE_NAME, StringType.get()),
          required(4, STACK_ID, LongType.get()),
          required(5, FUNCTIONS, ListType.ofRequired(11, StringType.get())),
          required(6, LINES, ListType.ofRequired(12, IntegerType.get())),
          required(7, FILES, ListType.ofRequired(13, StringType.get())),
          optional(8, MAPPINGS, ListType.ofRequired(14, StringType.get())),
          optional(9, BUILD_IDS, ListType.ofRequired(15, StringType.get())),
          optional(10, ADDRESSES, ListType.ofRequired(16, LongType.get())));

  public static final PartitionSpec SPEC =
      PartitionSpec.builderFor(SCHEMA).identity(TENANT).identity(DAY).build();

  public static final SortOrder SORT_ORDER = SortOrder.unsorted();

  public static final Map<String, String> PROPERTIES =
      TableDefinition.properties(
          Map.of(
              TableProperties.PARQUET_COMPRESSION_LEVEL,
              "3",
              TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES,
              "16777216",
              TableProperties.PARQUET_PAGE_ROW_LIMIT,
              "4000",
              TableProperties.PARQUET_DICT_SIZE_BYTES,
              "16777216",
              TableProperties.WRITE_TARGET_FILE_SIZE_BYTES,
              "134217728",
              TableDefinition.metricsOf(SERVICE_NAME),
              "full",
              TableDefinition.metricsOf(STACK_ID),
              "full"));

  static final TableDefinition DEFINITION =
      new TableDefinition(NAME, SCHEMA, SPEC, SORT_ORDER, PROPERTIES);

  private StacksTable() {}
}
