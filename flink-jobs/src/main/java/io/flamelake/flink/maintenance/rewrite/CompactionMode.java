/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import io.flamelake.flink.sink.LakeTable;
import java.util.Map;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.TableProperties;

/** What is made of the files of a partition. */
enum CompactionMode {
  /** Some small files become one, while more of them come. */
  PACK("packed"),
  /** All files become few sorted ones, for good unless late data comes. */
  SORT("sorted");

  private final String prefix;

  CompactionMode(String prefix) {
    this.prefix = prefix;
  }

  /** Returns how the names of the files of a run begin. */
  String fileNamePrefix(String run) {
    return prefix + "-" + run;
  }

  /** Says whether a file is what this mode leaves behind. */
  boolean isResult(ContentFile<?> file) {
    String location = file.location();
    return location.startsWith(prefix + "-", location.lastIndexOf('/') + 1);
  }

  /** Returns the properties that count in place of the table's in the new files. */
  Map<String, String> propertyOverrides(LakeTable table) {
    if (this == PACK) {
      return Map.of();
    }

    // Stacks are read whole and seldom; what is read often has to be unpacked fast.
    String level = table == LakeTable.STACKS ? "9" : "3";
    return Map.of(TableProperties.PARQUET_COMPRESSION_LEVEL, level);
  }
}
