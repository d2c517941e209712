/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.TableProperties;

/** What a table is created with, and checked against at every start. */
record TableDefinition(
    String name,
    Schema schema,
    PartitionSpec spec,
    SortOrder sortOrder,
    Map<String, String> properties) {
  static final int FORMAT_VERSION = 2;

  // A commit every few seconds: each one leaves a metadata file and a manifest.
  private static final Map<String, String> COMMON_PROPERTIES =
      Map.of(
          TableProperties.DEFAULT_FILE_FORMAT, "parquet",
          TableProperties.PARQUET_COMPRESSION, "zstd",
          TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED, "true",
          TableProperties.METADATA_PREVIOUS_VERSIONS_MAX, "20",
          TableProperties.MANIFEST_MIN_MERGE_COUNT, "20",
          TableProperties.DEFAULT_WRITE_METRICS_MODE, "none",
          // A query of some hours then reads a manifest or two of a few thousand entries.
          TableProperties.MANIFEST_TARGET_SIZE_BYTES, "1048576",
          // Longer than any query, and than the ingest job remembers repeated profiles.
          TableProperties.MAX_SNAPSHOT_AGE_MS, "1200000");

  /** Returns the properties that all tables have, with those of one table added. */
  static Map<String, String> properties(Map<String, String> ofTable) {
    Map<String, String> properties = new TreeMap<>(COMMON_PROPERTIES);
    properties.putAll(ofTable);
    return Collections.unmodifiableMap(properties);
  }

  static String metricsOf(String column) {
    return TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX + column;
  }
}
