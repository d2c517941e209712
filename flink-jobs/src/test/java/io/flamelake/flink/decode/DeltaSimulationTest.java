/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.flink.GoProcess;
import io.flamelake.flink.GoProcess.GoProfile;
import io.flamelake.flink.decode.DecodeHarness.Snapshot;
import io.flamelake.flink.read.RawRecord;
import io.flamelake.flink.sink.ProfileTableRow;
import io.flamelake.flink.source.SegmentLogLocation;
import io.flamelake.model.TenantId;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.segment.Lane;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.SegmentWriter;
import io.flamelake.segment.store.ObjectStore;
import io.flamelake.testkit.RecordRows;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import it.unimi.dsi.fastutil.longs.LongSet;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Processes with known allocations, scraped and restarted, through tasks that fail in every way the
 * job can: the table must hold of each profile what was allocated since the one before, so that the
 * sum over any window is right.
 */
class DeltaSimulationTest {

  private static final TenantId TENANT = new TenantId("t");
  private static final int STEPS = 250;
  private static final long SCRAPE_MILLIS = 15_000;
  private static final Duration REPLAY = Duration.ofMinutes(3);

  @TempDir private Path directory;

  private SegmentLogLocation location;
  private ObjectStore store;
  private SegmentLog log;
  private final List<Lane> lanes = new ArrayList<>();
  private final List<GoProcess> processes = new ArrayList<>();
  private final List<Snapshot> snapshots = new ArrayList<>();

  /** By lane: the last segment that was handed to the tasks, that a commit holds, and so on. */
  private Map<String, Long> handedOn = new TreeMap<>();

  private Map<String, Long> watermarks = new TreeMap<>();
  private final Map<String, Long> starts = new HashMap<>();
  private final LongSet tableKeys = new LongOpenHashSet();

  /** By profile, type and stack id. */
  private final Map<String, Long> table = new TreeMap<>();

  private final Map<String, Long> expected = new TreeMap<>();
  private List<ProfileTableRow> uncommitted = new ArrayList<>();
  private SplittableRandom random = new SplittableRandom(0);
  private @Nullable DecodeHarness job;
  private long now = 1_800_000_000_000L;
  private long checkpoint;

  @BeforeEach
  void openLog() {
    location =
        new SegmentLogLocation(
            directory.toUri().toString(), Map.of("local.durability", "page-cache"));
    store = location.openStore();
    log = new SegmentLog(store);
    lanes.add(Lane.open(store, Clock.systemUTC()));
    lanes.add(Lane.open(store, Clock.systemUTC()));
  }

  @AfterEach
  void close() throws Exception {
    if (job != null) {
      job.close();
    }

    store.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void sumOverAnyWindowIsWhatWasAllocated(long seed) throws Exception {
    random = new SplittableRandom(seed);
    for (int i = 0; i < 5; i++) {
      processes.add(new GoProcess(random.split(), "service-" + i % 3, "pod-" + i, i % 2 == 0));
    }

    start(null);
    for (int step = 0; step < STEPS; step++) {
      int dice = random.nextInt(100);
      if (dice < 70) {
        scrape();
      } else if (dice < 90) {
        Snapshot taken = snapshot();
        if (random.nextInt(3) > 0) {
          commit();
        } else {
          // Between checkpoint and commit.
          start(taken);
        }
      } else if (dice < 94) {
        // At any time after the last checkpoint.
        start(newest());
      } else if (dice < 97) {
        // From an old savepoint.
        start(snapshots.isEmpty() ? null : snapshots.get(random.nextInt(snapshots.size())));
      } else {
        start(null);
      }
    }

    snapshot();
    commit();
    assertThat(expected).as("expected").hasSizeGreaterThan(1_000);
    assertTable();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void sumIsRightWhicheverLaneIsReadFirst(long seed) throws Exception {
    random = new SplittableRandom(seed);
    GoProcess process = onlyProcess();
    start(null);
    scrapeOnce(process);
    for (int round = 0; round < 40; round++) {
      int backlog = 1 + random.nextInt(4);
      for (int i = 0; i < backlog; i++) {
        now += SCRAPE_MILLIS;
        List<GoProfile> batch = new ArrayList<>();
        scrape(process, batch);
        if (!batch.isEmpty()) {
          push(lanes.get(random.nextInt(lanes.size())), batch);
        }
      }

      if (random.nextInt(4) == 0) {
        start(random.nextBoolean() ? newest() : null);
      }

      handOnAll();
      snapshot();
      commit();
    }

    assertThat(sumsByStack(table)).isEqualTo(sumsByStack(expected));
  }

  @Test
  void startWithoutStateAndLogCostsOneInterval() throws Exception {
    GoProcess process = onlyProcess();
    start(null);
    scrapeOnce(process);
    scrapeOnce(process);
    snapshot();
    commit();
    long sequence = watermarks.values().iterator().next();
    for (long i = 0; i <= sequence; i++) {
      log.delete(new SegmentId(lanes.get(0).id(), i));
    }

    start(null);
    process.run();
    GoProfile first = process.profile(now += SCRAPE_MILLIS);
    push(lanes.get(0), List.of(first));
    handOn(lanes.get(0));
    expected.keySet().removeIf(row -> isOf(row, first) && row.contains("alloc"));
    scrapeOnce(process);
    snapshot();
    commit();
    assertTable();
  }

  @Test
  void forgetsTheStateWhenTheLogBeyondItIsGone() throws Exception {
    GoProcess process = onlyProcess();
    start(null);
    scrapeOnce(process);
    Snapshot old = snapshot();
    commit();
    scrapeOnce(process);
    scrapeOnce(process);
    snapshot();
    commit();
    for (long sequence = 0; sequence <= watermarks.values().iterator().next(); sequence++) {
      log.delete(new SegmentId(lanes.get(0).id(), sequence));
    }

    start(old);
    GoProfile first = process.profile(now += SCRAPE_MILLIS);
    push(lanes.get(0), List.of(first));
    handOn(lanes.get(0));
    scrapeOnce(process);
    snapshot();
    commit();
    assertTable();
  }

  @Test
  void refusesToReadOnWhereAnotherJobHasCommittedMeanwhile() throws Exception {
    GoProcess process = onlyProcess();
    start(null);
    process.run();
    push(lanes.get(0), List.of(process.profile(now)));
    push(lanes.get(0), List.of(process.profile(now + 1)));
    starts.put(lanes.get(0).id().value(), 0L);
    handedOn.put(lanes.get(0).id().value(), 0L);
    assertThatThrownBy(() -> handOn(lanes.get(0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is read after segment 0, but was committed up to -1");
  }

  @Test
  void forgetsServicesThatAreGone() throws Exception {
    GoProcess gone = onlyProcess();
    GoProcess stays = new GoProcess(random.split(), "stays", "p", true);
    start(null);
    scrapeOnce(gone);
    for (int i = 0; i < 200; i++) {
      scrapeOnce(stays);
    }

    DecodeHarness running = start(snapshot(), 1);
    assertThat(running.stateEntries()).as("of decoding and base lines, by service").isEqualTo(4);

    for (int cleanup = 1; cleanup <= 4; cleanup++) {
      running.setTime(now + cleanup * Duration.ofMinutes(15).toMillis());
    }

    assertThat(running.stateEntries()).as("base lines of the service that is there").isEqualTo(1);
  }

  /** Says of a difference no more than where it is: the table is long. */
  private void assertTable() {
    Map<String, String> differences = new TreeMap<>();
    expected.forEach(
        (row, value) -> {
          if (!value.equals(table.get(row))) {
            differences.put(row, table.get(row) + " in place of " + value);
          }
        });
    table.forEach(
        (row, value) -> {
          if (!expected.containsKey(row)) {
            differences.put(row, value + " in place of nothing");
          }
        });
    assertThat(differences).isEmpty();
  }

  /** Of allocations, by type and stack. */
  private static Map<String, Long> sumsByStack(Map<String, Long> rows) {
    Map<String, Long> sums = new TreeMap<>();
    rows.forEach(
        (row, value) -> {
          String key = row.substring(row.indexOf('|') + 1);
          if (key.startsWith("memory:alloc")) {
            sums.merge(key, value, Long::sum);
          }
        });
    return sums;
  }

  private GoProcess onlyProcess() {
    GoProcess process = new GoProcess(random.split(), "service", "pod", true);
    processes.add(process);
    return process;
  }

  /** One round: some processes restart, some profiles are missed, some are sent again. */
  private void scrape() throws Exception {
    now += SCRAPE_MILLIS;
    for (Lane lane : lanes) {
      List<GoProfile> batch = new ArrayList<>();
      for (int i = 0; i < processes.size(); i++) {
        if (lanes.get(i % lanes.size()) == lane) {
          scrape(processes.get(i), batch);
        }
      }

      if (!batch.isEmpty()) {
        push(lane, batch);
      }

      if (!batch.isEmpty() && random.nextInt(8) == 0) {
        append(lane, batch);
      }
    }

    handOnAll();
  }

  /** In any order: lanes have none among each other. */
  private void handOnAll() throws Exception {
    int first = random.nextInt(lanes.size());
    for (int i = 0; i < lanes.size(); i++) {
      handOn(lanes.get((first + i) % lanes.size()));
    }
  }

  private void scrape(GoProcess process, List<GoProfile> batch) {
    process.run();
    if (random.nextInt(20) == 0) {
      process.restart();
      process.run();
    }

    if (random.nextInt(6) > 0) {
      batch.add(process.profile(now));
    }
  }

  private void scrapeOnce(GoProcess process) throws Exception {
    process.run();
    push(lanes.get(0), List.of(process.profile(now += SCRAPE_MILLIS)));
    handOn(lanes.get(0));
  }

  private void push(Lane lane, List<GoProfile> batch) {
    for (GoProfile profile : batch) {
      expect(profile);
    }

    append(lane, batch);
  }

  private static void append(Lane lane, List<GoProfile> batch) {
    SegmentWriter writer = new SegmentWriter();
    batch.forEach(profile -> writer.add(TENANT, profile.record()));
    lane.append(writer.finish());
  }

  /** Stacks by name are known to the simulation only, so ids are asked of the normalizer. */
  private void expect(GoProfile profile) {
    SegmentRecord record = profile.record();
    List<ProfileRow> rows = RecordRows.of(TENANT, record);
    Map<String, Long> ids = new HashMap<>();
    for (int stack = 0; stack < rows.get(0).stacks().size(); stack++) {
      StringBuilder name = new StringBuilder();
      for (int frame = 0; frame < rows.get(0).stacks().depth(stack); frame++) {
        name.append(frame == 0 ? "" : ";").append(rows.get(0).stacks().function(stack, frame));
      }

      ids.put(name.toString(), rows.get(0).stacks().id(stack));
    }

    profile
        .sums()
        .forEach(
            (type, sums) ->
                sums.forEach(
                    (stack, value) ->
                        expected.put(
                            record.profileId() + "|" + type + "|" + ids.get(stack), value)));
  }

  private static boolean isOf(String row, GoProfile profile) {
    return row.startsWith(profile.record().profileId().toString());
  }

  /** What the reader does: hands on all segments of a lane that it has not handed on. */
  private void handOn(Lane lane) throws Exception {
    DecodeHarness running = running();
    LaneId id = lane.id();
    long start = starts.computeIfAbsent(id.value(), any -> watermarks.getOrDefault(any, -1L));
    for (SegmentId segment : log.segmentsAfter(id, handedOn.getOrDefault(id.value(), -1L))) {
      List<RawRecord> records = new ArrayList<>();
      log.read(segment)
          .forEachRecord(
              (tenant, record) ->
                  records.add(new RawRecord(segment, start, records.size(), tenant, record)));
      for (RawRecord raw : records) {
        uncommitted.addAll(running.process(raw));
      }

      handedOn.put(id.value(), segment.sequence());
    }
  }

  private Snapshot snapshot() throws Exception {
    checkpoint++;
    Snapshot taken = running().snapshot(checkpoint);
    running().complete(checkpoint);
    snapshots.add(taken);
    return taken;
  }

  private @Nullable Snapshot newest() {
    return snapshots.isEmpty() ? null : snapshots.get(snapshots.size() - 1);
  }

  private void commit() {
    for (ProfileTableRow row : uncommitted) {
      tableKeys.add(RowKeys.row(row.tenant(), row.profileId(), row.profileType(), row.seriesId()));
      long total = 0;
      for (int i = 0; i < row.stackIds().length; i++) {
        String key = row.profileId() + "|" + row.profileType() + "|" + row.stackIds()[i];
        assertThat(table.put(key, row.values()[i])).as("second row of %s", key).isNull();
        total += row.values()[i];
      }

      assertThat(row.totalValue()).isEqualTo(total);
    }

    uncommitted = new ArrayList<>();
    watermarks = new TreeMap<>(handedOn);
  }

  /** Starts the job anew, with one task or two, and reads on from the table. */
  private void start(@Nullable Snapshot restored) throws Exception {
    start(restored, 1 + random.nextInt(2));
  }

  private DecodeHarness start(@Nullable Snapshot restored, int parallelism) throws Exception {
    if (job != null) {
      job.close();
    }

    uncommitted = new ArrayList<>();
    handedOn = new TreeMap<>(watermarks);
    starts.clear();
    DecodeHarness.setTable(LaneWatermarks.ofSequences(watermarks), tableKeys);
    DecodeHarness started = new DecodeHarness(parallelism, location, REPLAY, now, restored);
    job = started;
    for (Lane lane : lanes) {
      handOn(lane);
    }

    return started;
  }

  private DecodeHarness running() {
    DecodeHarness running = job;
    if (running == null) {
      throw new IllegalStateException("No job");
    }

    return running;
  }
}
