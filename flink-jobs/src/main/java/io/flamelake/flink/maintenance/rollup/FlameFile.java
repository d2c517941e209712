/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import io.flamelake.catalog.PartitionVersion;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;

/**
 * A data file of a roll-up table.
 *
 * @param covered the periods that it has rows of, and what the rows say that they cover
 * @param isComplete whether all its rows count; not if another engine deleted some of them
 */
record FlameFile(DataFile file, SortedMap<Integer, PartitionVersion> covered, boolean isComplete) {

  /** Returns the file as one whose periods have to be made again. */
  FlameFile withoutCover() {
    SortedMap<Integer, PartitionVersion> none = new TreeMap<>(covered);
    none.replaceAll((period, version) -> PartitionVersion.EMPTY);
    return new FlameFile(file, none, false);
  }
}
