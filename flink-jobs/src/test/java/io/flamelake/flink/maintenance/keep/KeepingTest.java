/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.TaskPlanner;
import io.flamelake.flink.maintenance.commit.ClaimLostException;
import io.flamelake.flink.maintenance.commit.FencedCommit.Outcome;
import io.flamelake.flink.sink.LakeTable;
import io.flamelake.segment.Lane;
import io.flamelake.segment.LaneClosedException;
import io.flamelake.segment.SegmentId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ingest commits, compactions, expiry, removals, deaths of the job and of maintenance in any order:
 * whatever happened, what was committed is there once, and one more run leaves nothing behind.
 */
class KeepingTest {

  private static final int STEPS = 60;
  private static final Duration DAY = Duration.ofDays(1);
  private static final List<LakeTable> TABLES = List.of(LakeTable.STACKS, LakeTable.PROFILES);

  @TempDir private Path directory;
  private KeptLake lake;
  private Random random = new Random(0);
  private MaintenanceContext current;
  private final List<MaintenanceContext> earlier = new ArrayList<>();
  private Lane lane;

  private final Set<SegmentId> acknowledged = new HashSet<>();

  /** What the job has not committed yet. */
  private final List<SegmentId> unread = new ArrayList<>();

  private final Map<LakeTable, List<String>> expected = new TreeMap<>();
  private final Map<Long, List<String>> tagged = new TreeMap<>();

  @BeforeEach
  void openLake() {
    lake = new KeptLake(directory, Duration.ofMillis(1));
    lane = lake.openLane(DAY.multipliedBy(30));
    current = lake.newRun();
  }

  @AfterEach
  void closeLake() {
    lake.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void losesNothingAndLeavesNothingBehind(long seed) throws Exception {
    random = new Random(seed);
    for (int step = 0; step < STEPS; step++) {
      step();
      assertNothingIsLost("seed " + seed + ", after step " + step);
    }

    lake.age(DAY.multipliedBy(8));
    ingest(true);
    current = lake.newRun(Duration.ofMinutes(11));
    for (TaskPlanner planner :
        List.of(
            new SnapshotExpiryPlanner(),
            new ManifestRewritePlanner(),
            new OrphanRemovalPlanner(),
            new SegmentRemovalPlanner())) {
      KeptLake.run(planner, current);
    }

    assertNothingIsLost("seed " + seed + ", at the end");
    for (LakeTable table : LakeTable.values()) {
      assertThat(lake.orphans(table)).as("orphans of %s", table).isEmpty();
    }

    assertThat(lake.log().stored(lane.id()).size()).isLessThanOrEqualTo(2);
  }

  private void step() throws Exception {
    switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> ingest(true);
      case 4 -> ingest(false);
      case 5, 6 -> compact(current);
      case 7 -> lateCompaction();
      case 8 -> KeptLake.run(new SnapshotExpiryPlanner(), current);
      case 9 -> KeptLake.run(new OrphanRemovalPlanner(), current);
      case 10 -> KeptLake.run(new SegmentRemovalPlanner(), current);
      default -> {
        if (random.nextBoolean()) {
          tag();
        } else {
          earlier.add(current);
          current = lake.newRun();
        }
      }
    }

    if (random.nextInt(10) == 0) {
      lake.age(Duration.ofHours(2));
    }
  }

  /** A segment, its files, and unless the job dies before, their commit. */
  private void ingest(boolean survives) throws IOException {
    try {
      unread.add(lake.appendSegment(lane));
    } catch (LaneClosedException e) {
      unread.addAll(lake.log().segmentsAfter(lane.id(), lastSequence(lane)));
      lane = lake.openLane(DAY.multipliedBy(30));
      unread.add(lake.appendSegment(lane));
    }

    acknowledged.addAll(unread);
    for (SegmentId segment : unread) {
      for (LakeTable table : TABLES) {
        List<String> lines = List.of(table + " of " + segment);
        int hour = KeptLake.HOUR + random.nextInt(3);
        DataFile file = lake.write(table, KeptLake.ingestName(), "t'" + hour % 2, hour, lines);
        if (survives) {
          lake.commit(table, List.of(file), segment.lane(), segment.sequence());
          expected(table).addAll(lines);
        }
      }
    }

    if (survives) {
      // One that dies reads its segments again when it comes back.
      unread.clear();
    }
  }

  private long lastSequence(Lane closed) {
    return acknowledged.stream()
        .filter(segment -> segment.lane().equals(closed.id()))
        .mapToLong(SegmentId::sequence)
        .max()
        .orElse(-1);
  }

  private List<String> expected(LakeTable table) {
    return expected.computeIfAbsent(table, any -> new ArrayList<>());
  }

  /** One that may die before its commit, or be of a run that was taken over from. */
  private void compact(MaintenanceContext run) throws Exception {
    LakeTable table = TABLES.get(random.nextInt(TABLES.size()));
    List<DataFile> replaced = filesOfOnePartition(table);
    if (replaced.size() < 2) {
      return;
    }

    List<String> lines = new ArrayList<>();
    for (DataFile file : replaced) {
      lines.addAll(lake.linesOf(table, file.location()));
    }

    DataFile first = replaced.get(0);
    DataFile packed =
        lake.write(
            table,
            KeptLake.nameOf(run.run()),
            first.partition().get(0, String.class),
            first.partition().get(1, Integer.class),
            lines);
    if (random.nextInt(3) == 0) {
      return;
    }

    Table iceberg = table.in(run.tables());
    iceberg.refresh();
    long planned = iceberg.currentSnapshot().snapshotId();
    Outcome outcome =
        run.commit()
            .commit(
                iceberg,
                transaction ->
                    transaction
                        .newRewrite()
                        .validateFromSnapshot(planned)
                        .rewriteFiles(new HashSet<>(replaced), Set.of(packed))
                        .commit());
    assertThat(outcome).isEqualTo(Outcome.COMMITTED);
  }

  private void lateCompaction() throws Exception {
    if (earlier.isEmpty()) {
      return;
    }

    MaintenanceContext run = earlier.get(random.nextInt(earlier.size()));
    try {
      compact(run);
    } catch (ClaimLostException e) {
      earlier.remove(run);
    }
  }

  private void tag() {
    Table profiles = lake.table(LakeTable.PROFILES);
    profiles.refresh();
    if (profiles.currentSnapshot() != null) {
      long snapshot = profiles.currentSnapshot().snapshotId();
      profiles
          .manageSnapshots()
          .createTag("tag-" + tagged.size() + "-" + snapshot, snapshot)
          .commit();
      tagged.put(snapshot, List.copyOf(expected(LakeTable.PROFILES)));
    }
  }

  private List<DataFile> filesOfOnePartition(LakeTable table) throws IOException {
    Map<String, List<DataFile>> byPartition = new TreeMap<>();
    try (CloseableIterable<FileScanTask> tasks = lake.table(table).newScan().planFiles()) {
      tasks.forEach(
          task ->
              byPartition
                  .computeIfAbsent(task.file().partition().toString(), any -> new ArrayList<>())
                  .add(task.file()));
    }

    List<List<DataFile>> partitions = new ArrayList<>(byPartition.values());
    return partitions.isEmpty() ? List.of() : partitions.get(random.nextInt(partitions.size()));
  }

  private void assertNothingIsLost(String when) throws IOException {
    for (LakeTable table : TABLES) {
      Table iceberg = lake.table(table);
      iceberg.refresh();
      List<String> lines =
          iceberg.currentSnapshot() == null
              ? List.of()
              : lake.lines(table, iceberg.currentSnapshot().snapshotId());
      assertThat(lines)
          .as("%s: %s", when, table)
          .isEqualTo(expected(table).stream().sorted().toList());
    }

    for (Map.Entry<Long, List<String>> tag : tagged.entrySet()) {
      assertThat(lake.lines(LakeTable.PROFILES, tag.getKey()))
          .as("%s: a tag", when)
          .isEqualTo(tag.getValue().stream().sorted().toList());
    }

    LaneWatermarks watermarks = LaneWatermarks.of(lake.table(LakeTable.PROFILES));
    for (SegmentId segment : acknowledged) {
      if (!watermarks.covers(segment.lane().value(), segment.sequence())) {
        assertThat(lake.store().exists(segment.key())).as("%s: %s", when, segment).isTrue();
      }
    }
  }
}
