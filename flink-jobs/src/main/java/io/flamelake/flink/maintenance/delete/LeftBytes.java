/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import io.flamelake.catalog.LakeTables;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.keep.SnapshotHistory;
import io.flamelake.segment.SegmentId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ReachableFileUtil;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsPrefixOperations;
import org.jspecify.annotations.Nullable;

/**
 * Says whether bytes of removed rows may still be somewhere: in snapshots from before, in files
 * that nothing refers to, in segments.
 *
 * <p>Lists the files of the tables, so it is asked only when the end is near.
 */
final class LeftBytes {
  /** Files that are being written are referred to soon, or are younger than an orphan's grace. */
  private static final Duration LONGEST_WRITE = Duration.ofMinutes(1);

  private static final String TABLE_METADATA_SUFFIX = ".metadata.json";

  private final MaintenanceContext context;

  LeftBytes(MaintenanceContext context) {
    this.context = context;
  }

  /** Returns, by table, the sequence number from which on snapshots say nothing of what is gone. */
  static SortedMap<String, Long> sequences(LakeTables tables) {
    SortedMap<String, Long> sequences = new TreeMap<>();
    all(tables).forEach(table -> sequences.put(table.name(), sequence(table)));
    return sequences;
  }

  private static long sequence(Table table) {
    Snapshot current = table.currentSnapshot();
    if (current == null) {
      return 0;
    }

    // Of the snapshots that expiries make of a table at rest the last ones stay.
    Snapshot first = current;
    while (SnapshotHistory.isExpiry(first)) {
      Long parentId = first.parentId();
      Snapshot parent = parentId == null ? null : table.snapshot(parentId);
      if (parent == null) {
        return first.sequenceNumber();
      }

      if (!SnapshotHistory.isExpiry(parent)) {
        // One that only added files says what the table holds; no expiry would come for it.
        boolean isAppend = DataOperations.APPEND.equals(parent.operation());
        return (isAppend ? parent : first).sequenceNumber();
      }

      first = parent;
    }

    // The manifests of one that took files away still have their bounds, until an expiry of what
    // was before it makes another.
    return current.sequenceNumber() + (DataOperations.APPEND.equals(current.operation()) ? 0 : 1);
  }

  /**
   * Returns what may still hold bytes, for people, or null if nothing does.
   *
   * @param clean as {@link #sequences} had them when the rows were removed everywhere
   * @param lanes the ends of the lanes at the time of the request
   */
  @Nullable String find(SortedMap<String, Long> clean, SortedMap<String, Long> lanes)
      throws IOException {
    for (Table table : all(context.tables())) {
      String snapshot = findSnapshot(table, clean.getOrDefault(table.name(), 0L));
      if (snapshot != null) {
        return snapshot;
      }
    }

    SegmentId segment = LaneEnds.findRemaining(context.log(), lanes);
    if (segment != null) {
      return "removal of segment " + segment.key();
    }

    for (Table table : all(context.tables())) {
      String file = findUnreferred(table);
      if (file != null) {
        return file;
      }
    }

    return null;
  }

  static List<Table> all(LakeTables tables) {
    return List.of(
        tables.profiles(), tables.stacks(), tables.series(), tables.flame1h(), tables.flame1d());
  }

  private static @Nullable String findSnapshot(Table table, long cleanSequence) {
    Snapshot current = table.currentSnapshot();
    for (Snapshot snapshot : table.snapshots()) {
      // The table itself has none of the rows.
      boolean isCurrent = current != null && current.snapshotId() == snapshot.snapshotId();
      if (snapshot.sequenceNumber() < cleanSequence && !isCurrent) {
        String holder = findHolder(table, snapshot);
        return "expiry of snapshot "
            + snapshot.snapshotId()
            + " of table "
            + table.name()
            + (holder == null ? "" : ", which " + holder + " keeps");
      }
    }

    return null;
  }

  private static @Nullable String findHolder(Table table, Snapshot snapshot) {
    for (var ref : table.refs().entrySet()) {
      SnapshotRef held = ref.getValue();
      if (held.snapshotId() == snapshot.snapshotId()) {
        return (held.isTag() ? "tag " : "branch ") + ref.getKey();
      }
    }

    return null;
  }

  private @Nullable String findUnreferred(Table table) throws IOException {
    // Listed first: what is committed meanwhile is referred to.
    Duration grace = context.config().orphanGrace();
    Duration written = grace.compareTo(LONGEST_WRITE) < 0 ? grace : LONGEST_WRITE;
    Instant before = context.clock().instant().minus(written);
    NavigableSet<String> candidates = new TreeSet<>();
    SupportsPrefixOperations files = (SupportsPrefixOperations) table.io();
    for (FileInfo file : files.listPrefix(table.location() + '/')) {
      // A version of the metadata names lanes and files, and nothing that is in them.
      if (!file.location().endsWith(TABLE_METADATA_SUFFIX)
          && file.createdAtMillis() < before.toEpochMilli()) {
        candidates.add(path(file.location()));
      }
    }

    table.refresh();
    candidates.removeAll(referred(table));
    return candidates.isEmpty()
        ? null
        : "removal of "
            + candidates.size()
            + " files that table "
            + table.name()
            + " does not refer to any more, "
            + candidates.last()
            + " among them";
  }

  private static Set<String> referred(Table table) throws IOException {
    Set<String> referred = new HashSet<>();
    Set<String> manifests = new HashSet<>();
    ReachableFileUtil.manifestListLocations(table).forEach(list -> referred.add(path(list)));
    for (Snapshot snapshot : table.snapshots()) {
      for (ManifestFile manifest : snapshot.allManifests(table.io())) {
        if (manifests.add(manifest.path())) {
          referred.add(path(manifest.path()));
          addFiles(table, manifest, referred);
        }
      }
    }

    table.statisticsFiles().forEach(file -> referred.add(path(file.path())));
    return referred;
  }

  private static void addFiles(Table table, ManifestFile manifest, Set<String> to)
      throws IOException {
    if (manifest.content() == ManifestContent.DELETES) {
      try (CloseableIterable<DeleteFile> deletes =
          ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs())) {
        deletes.forEach(delete -> to.add(path(delete.location())));
      }

      return;
    }

    try (CloseableIterable<String> paths =
        ManifestFiles.readPaths(manifest, table.io(), table.specs())) {
      paths.forEach(location -> to.add(path(location)));
    }
  }

  /** A location without its scheme, which a listing may write differently. */
  private static String path(String location) {
    int scheme = location.indexOf(':');
    String path = scheme < 0 ? location : location.substring(scheme + 1);
    return path.replaceFirst("^/+", "/");
  }
}
