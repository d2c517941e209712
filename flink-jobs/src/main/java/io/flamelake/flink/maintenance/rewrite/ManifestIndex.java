/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import io.flamelake.flink.sink.LakeTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the partitions of a table that hold files which are not in their final form. A manifest
 * without such a file is read once, as it never changes: a lake of years costs no more to look at
 * than what is new in it.
 */
final class ManifestIndex {

  private static final Logger LOG = LoggerFactory.getLogger(ManifestIndex.class);
  private static final List<String> COLUMNS =
      List.of("file_path", "file_format", "file_size_in_bytes", "partition", "record_count");

  private final LakeTable lakeTable;
  private Set<String> finished = new HashSet<>();

  ManifestIndex(LakeTable lakeTable) {
    this.lakeTable = lakeTable;
  }

  /** Returns the files of all manifests that have unfinished ones, by partition. */
  SortedMap<Partition, List<DataFile>> findUnfinished(Table table) throws IOException {
    SortedMap<Partition, List<DataFile>> files = new TreeMap<>();
    Set<String> nowFinished = new HashSet<>();
    Snapshot snapshot = table.currentSnapshot();
    if (snapshot != null) {
      for (ManifestFile manifest : snapshot.dataManifests(table.io())) {
        if (finished.contains(manifest.path()) || isFinished(table, manifest, files)) {
          nowFinished.add(manifest.path());
        }
      }
    }

    finished = nowFinished;
    return files;
  }

  private boolean isFinished(
      Table table, ManifestFile manifest, SortedMap<Partition, List<DataFile>> files)
      throws IOException {
    if (manifest.partitionSpecId() != table.spec().specId()) {
      LOG.warn(
          "Files of manifest {} are left as they are: they have partition spec {} of table {}",
          manifest.path(),
          manifest.partitionSpecId(),
          table.name());
      return true;
    }

    boolean isFinished = true;
    List<DataFile> live = new ArrayList<>();
    try (ManifestReader<DataFile> reader =
        ManifestFiles.read(manifest, table.io(), table.specs()).select(COLUMNS)) {
      for (DataFile file : reader) {
        if (file.recordCount() > 0) {
          live.add(file.copyWithoutStats());
          isFinished &= CompactionMode.SORT.isResult(file);
        }
      }
    }

    if (!isFinished) {
      for (DataFile file : live) {
        Partition partition = Partition.of(lakeTable, file.partition());
        files.computeIfAbsent(partition, key -> new ArrayList<>()).add(file);
      }
    }

    return isFinished;
  }
}
