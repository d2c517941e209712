/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.LaneRanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Data files of all tables and the part of the segment log whose rows they hold. Readers and
 * writers each send their share; the committer puts the shares of a checkpoint together.
 *
 * @param oldestReceiveNanos when the gateway took the oldest profile, {@link #NO_PROFILE} if none
 */
public record FileSet(LaneRanges ranges, long oldestReceiveNanos, List<WrittenFile> files) {

  public static final long NO_PROFILE = Long.MAX_VALUE;

  static final FileSet EMPTY = new FileSet(LaneRanges.of(Map.of()), NO_PROFILE, List.of());

  public FileSet {
    requireNonNull(ranges, "ranges");
    files = List.copyOf(files);
  }

  /** Returns a reader's share. */
  public static FileSet ofRanges(LaneRanges ranges, long oldestReceiveNanos) {
    return new FileSet(ranges, oldestReceiveNanos, List.of());
  }

  static FileSet ofFiles(List<WrittenFile> files) {
    return new FileSet(EMPTY.ranges, NO_PROFILE, files);
  }

  boolean isEmpty() {
    return ranges.isEmpty() && files.isEmpty();
  }

  FileSet plus(FileSet other) {
    List<WrittenFile> all = new ArrayList<>(files);
    all.addAll(other.files);
    return new FileSet(
        ranges.followedBy(other.ranges),
        Math.min(oldestReceiveNanos, other.oldestReceiveNanos),
        all);
  }

  List<WrittenFile> filesOf(LakeTable table) {
    return files.stream().filter(file -> file.table() == table).toList();
  }
}
