/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.PartitionStatisticsFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileIO;

/** Everything that a version of a table refers to, by all of its snapshots. */
final class ReachableFiles {

  private final Set<String> paths = new HashSet<>();
  private final Set<String> metadataPaths = new HashSet<>();

  private ReachableFiles() {}

  static ReachableFiles of(TableMetadata metadata, FileIO io) {
    ReachableFiles files = new ReachableFiles();
    files.addMetadata(metadata.metadataFileLocation());
    metadata.previousFiles().forEach(entry -> files.addMetadata(entry.file()));
    metadata.statisticsFiles().stream().map(StatisticsFile::path).forEach(files::add);
    metadata.partitionStatisticsFiles().stream()
        .map(PartitionStatisticsFile::path)
        .forEach(files::add);
    Map<String, ManifestFile> manifests = new HashMap<>();
    for (Snapshot snapshot : metadata.snapshots()) {
      files.add(snapshot.manifestListLocation());
      snapshot.allManifests(io).forEach(manifest -> manifests.put(manifest.path(), manifest));
    }

    for (ManifestFile manifest : manifests.values()) {
      files.add(manifest.path());
      ManifestEntries.forEachLive(manifest, metadata, io, file -> files.add(file.location()));
    }

    return files;
  }

  /** Whether a location, however its scheme is written, is one of these. */
  boolean contains(String location) {
    return paths.contains(pathOf(location));
  }

  /** Whether a location is of one of the metadata files that the table knows. */
  boolean isMetadataFile(String location) {
    return metadataPaths.contains(pathOf(location));
  }

  private void add(String location) {
    paths.add(pathOf(location));
  }

  private void addMetadata(String location) {
    add(location);
    metadataPaths.add(pathOf(location));
  }

  /** Locations of one file differ in {@code s3} and {@code s3a}, {@code file:} and nothing. */
  private static String pathOf(String location) {
    int colon = location.indexOf(':');
    int slash = location.indexOf('/');
    String path = colon >= 0 && colon < slash ? location.substring(colon + 1) : location;
    return path.startsWith("///") ? path.substring(2) : path;
  }
}
