/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.PartitionStatisticsFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileIO;

/**
 * Files that expired snapshots referred to and no other does: manifest lists, manifests, data and
 * delete files, statistics.
 */
final class UnreachableFiles {

  private UnreachableFiles() {}

  /**
   * Returns the locations of files that can be reached from one version of a table and not from a
   * later one.
   */
  static Set<String> between(TableMetadata before, TableMetadata after, FileIO io) {
    Set<String> unreachable = new TreeSet<>();
    Map<String, ManifestFile> expired = new HashMap<>();
    for (Snapshot snapshot : before.snapshots()) {
      if (after.snapshot(snapshot.snapshotId()) == null) {
        unreachable.add(snapshot.manifestListLocation());
        snapshot.allManifests(io).forEach(manifest -> expired.put(manifest.path(), manifest));
      }
    }

    if (unreachable.isEmpty()) {
      return unreachable;
    }

    Map<String, ManifestFile> kept = new HashMap<>();
    for (Snapshot snapshot : after.snapshots()) {
      snapshot.allManifests(io).forEach(manifest -> kept.put(manifest.path(), manifest));
    }

    expired.keySet().removeAll(kept.keySet());
    unreachable.addAll(expired.keySet());
    unreachable.addAll(contentFiles(before, expired, after, kept, io));
    unreachable.addAll(statistics(before));
    unreachable.removeAll(statistics(after));
    return unreachable;
  }

  private static Set<String> contentFiles(
      TableMetadata before,
      Map<String, ManifestFile> expired,
      TableMetadata after,
      Map<String, ManifestFile> kept,
      FileIO io) {
    Set<String> files = new HashSet<>();
    PartitionSpan span = new PartitionSpan();
    for (ManifestFile manifest : expired.values()) {
      span.add(manifest);
      ManifestEntries.forEachLive(manifest, before, io, file -> files.add(file.location()));
    }

    for (ManifestFile manifest : kept.values()) {
      if (files.isEmpty()) {
        break;
      }

      if (span.mayOverlap(manifest)) {
        ManifestEntries.forEachLive(manifest, after, io, file -> files.remove(file.location()));
      }
    }

    return files;
  }

  private static Set<String> statistics(TableMetadata metadata) {
    Set<String> locations = new HashSet<>();
    metadata.statisticsFiles().stream().map(StatisticsFile::path).forEach(locations::add);
    metadata.partitionStatisticsFiles().stream()
        .map(PartitionStatisticsFile::path)
        .forEach(locations::add);
    return locations;
  }
}
