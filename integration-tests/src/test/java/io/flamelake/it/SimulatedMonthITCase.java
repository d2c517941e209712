/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.testkit.HistorySeries;
import io.flamelake.testkit.ProfileHistory;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A month of a small fleet, back-filled hour by hour through the gateway while the ingest job and
 * maintenance run beside it in one process: what is left on the disk in the end, and whether
 * questions are answered to the unit.
 *
 * <p>Two days by default; the month is {@code mvn -pl integration-tests verify -Dtest=NONE
 * -Dit.test=SimulatedMonthITCase -Dsurefire.failIfNoSpecifiedTests=false
 * -Dflamelake.month.days=30}. Everything follows from {@code -Dflamelake.seed}, which is printed.
 */
class SimulatedMonthITCase {
  private static final int DAYS = Integer.getInteger("flamelake.month.days", 2);
  private static final long SEED = Long.getLong("flamelake.seed", System.currentTimeMillis());
  private static final Duration AT_MOST = Duration.ofMinutes(20);
  private static final int MINUTES_PER_DAY = 24 * 60;
  private static final int MAX_FILES_PER_PARTITION = 20;

  /** Each expiry leaves a snapshot, two seconds apart here, and those of a table at rest stay. */
  private static final int MAX_SNAPSHOTS_AT_REST = 40;

  private static final long MAX_METADATA_BYTES = 2 << 20;
  private static final long MAX_JOB_MANAGER_STATE_BYTES = 1 << 20;

  /** What the launcher's heap and all the rest of the process may take together. */
  private static final long MAX_RESIDENT_BYTES = 1_280L << 20;

  /** Positions in what an inspection finds. */
  private static final int HOURLY = 3;

  private static final int DAILY = 4;

  private static final int SERIES =
      ProfileHistory.TENANTS.size()
          * ProfileHistory.SERVICES.size()
          * ProfileHistory.PODS_PER_SERVICE
          * ProfileHistory.TYPES.size();

  private static final Duration SEGMENT_GRACE = Duration.ofSeconds(15);

  /** How long maintenance may need to come round. */
  private static final Duration ROUND = Duration.ofMinutes(2);

  private static final int QUESTIONS_PER_DAY = 2 * QueryKind.values().length;
  private static final int QUESTIONS_AT_THE_END = 20 * QueryKind.values().length;
  private static final int ROLL_UP_QUESTIONS = 60;

  private static final int TIMED_QUERIES = 21;

  /** The tenant whose profiles are kept for the last day only, and whose roll-ups stay. */
  private static final String SHORT_LIVED = "south";

  private final Findings findings = new Findings();
  private final Random random = new Random(SEED);
  private final Instant start =
      Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(DAYS));
  private final ProfileHistory history = new ProfileHistory(start, DAYS, SEED);

  @Test
  void keepsItself(@TempDir Path dir) throws Exception {
    findings.note("seed", SEED);
    Path storage = dir.resolve("data");
    Path overrides = Files.writeString(dir.resolve("overrides.yaml"), "overrides: {}\n");
    long begin = System.nanoTime();
    try (FlamelakeProcess first = start(storage, overrides, "gateway,ingester,querier,catalog");
        LiveHistory live = new LiveHistory(first, history, SEED, 60)) {
      live.pushUntil(MINUTES_PER_DAY);
      LedgerRun.awaitDrained(storage, storage);
      noteBytes("first day, before maintenance", LakeInspection.tables(storage));
      int port = first.port();
      assertThat(first.terminate()).as("exit status after SIGTERM").isIn(0, 143);

      try (FlamelakeProcess server =
              FlamelakeProcess.startOn(port, storage, arguments(overrides, "all"));
          ResidentMemory memory = ResidentMemory.watch(server)) {
        long filling = System.nanoTime();
        for (int day = 2; day <= DAYS; day++) {
          live.pushUntil(day * MINUTES_PER_DAY);
          live.ask(QUESTIONS_PER_DAY, random);
        }

        live.pushAllLate();
        LedgerRun.awaitDrained(storage, storage);
        findings.note("profiles", live.pusher().profiles());
        findings.note("bytes of a pprof", live.pusher().pprofBytes() / live.pusher().profiles());
        findings.note("seconds of back-filling with maintenance", secondsSince(filling));

        List<InspectedTable> after = awaitMaintained(storage);
        findings.note("seconds until all was maintained", secondsSince(filling));
        noteBytes("at the end, maintained", after);
        expectInOrder(storage, after);
        live.ask(QUESTIONS_AT_THE_END, random);
        noteWholeHistory(server);

        expectRetention(live, storage, overrides);
        findings.note("questions answered to the unit", live.answers());
        findings.atMost("peak resident bytes", memory.peakBytes(), MAX_RESIDENT_BYTES);
        findings.note("slope of resident memory, % an hour", memory.percentPerHour());
        findings.note("seconds in all", secondsSince(begin));
      }
    }

    findings.expectAllHeld();
  }

  private static FlamelakeProcess start(Path storage, Path overrides, String target) {
    return FlamelakeProcess.start(storage, arguments(overrides, target));
  }

  private static String[] arguments(Path overrides, String target) {
    List<String> arguments = new ArrayList<>(HistoryServer.BUSY_MAINTENANCE);
    arguments.add("-target=" + target);
    arguments.add("-limits.overrides-file=" + overrides);
    arguments.add("-limits.reload-interval=1s");
    arguments.add("-ingester.duplicate-window=1m");
    arguments.add("-maintenance.snapshot-age=61s");
    arguments.add("-maintenance.orphan-grace=2m");
    arguments.add("-maintenance.segment-grace=" + SEGMENT_GRACE.toSeconds() + "s");
    return HistoryServer.arguments(arguments);
  }

  private static long secondsSince(long nanos) {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - nanos);
  }

  private void noteBytes(String when, List<InspectedTable> tables) {
    long profiles = tables.get(0).rows();
    long all = 0;
    for (InspectedTable table : tables) {
      all += table.dataBytes();
      findings.note(
          when + ", " + table.name(),
          "%.1f bytes a profile, %d rows, %d bytes, %d partitions, at most %d files"
              .formatted(
                  (double) table.dataBytes() / profiles,
                  table.rows(),
                  table.dataBytes(),
                  table.files().size(),
                  table.maxFilesPerPartition()));
    }

    findings.note(when + ", bytes a profile in all", (double) all / profiles);
  }

  /** Notes how long a flame graph of one service over all days takes. */
  private void noteWholeHistory(FlamelakeProcess server) {
    FlamelakeClient client = new FlamelakeClient(server, ProfileHistory.TENANTS.get(0));
    String service = CpuQueries.ofService(ProfileHistory.SERVICES.get(0));
    long[] micros = new long[TIMED_QUERIES];
    for (int i = 0; i < TIMED_QUERIES; i++) {
      long begin = System.nanoTime();
      String tree =
          client.getText(
              "/pyroscope/render?from="
                  + start.toEpochMilli()
                  + "&until="
                  + history.end().toEpochMilli()
                  + "&query="
                  + URLEncoder.encode(ProfileHistory.TYPES.get(0).id() + service, UTF_8));
      micros[i] = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begin);
      assertThat(tree).contains("flamebearer");
    }

    findings.note("first flame graph of a service over all days, ms", micros[0] / 1e3);
    Arrays.sort(micros);
    findings.note("the same, median, ms", micros[TIMED_QUERIES / 2] / 1e3);
  }

  /**
   * Waits until there is nothing left to do, and goes on after a while in any case. What it saw
   * last is returned: the next look may meet a task that only just begins.
   */
  private static List<InspectedTable> awaitMaintained(Path storage) throws InterruptedException {
    long deadline = System.nanoTime() + AT_MOST.toNanos();
    while (true) {
      List<InspectedTable> tables = LakeInspection.tables(storage);
      if (isMaintained(storage, tables) || System.nanoTime() > deadline) {
        return tables;
      }

      TimeUnit.SECONDS.sleep(2);
    }
  }

  private static boolean isMaintained(Path storage, List<InspectedTable> tables) {
    return tables.stream()
            .allMatch(
                table ->
                    table.partitionsBelowTargetFileSize() == 0
                        && table.orphans().isEmpty()
                        && table.snapshots() <= MAX_SNAPSHOTS_AT_REST)
        && tables.get(HOURLY).rows() == rollUps(24 * DAYS)
        && tables.get(DAILY).rows() == rollUps(DAYS)
        && LakeInspection.segmentsOlderThan(storage, SEGMENT_GRACE).isEmpty();
  }

  private static long rollUps(int periods) {
    return (long) periods
        * ProfileHistory.TENANTS.size()
        * ProfileHistory.SERVICES.size()
        * ProfileHistory.TYPES.size();
  }

  private void expectInOrder(Path storage, List<InspectedTable> tables) {
    findings.exactly(
        "rows of profiles", tables.get(0).rows(), (long) DAYS * MINUTES_PER_DAY * SERIES);
    findings.exactly("rows of flame_1h", tables.get(HOURLY).rows(), rollUps(24 * DAYS));
    findings.exactly("rows of flame_1d", tables.get(DAILY).rows(), rollUps(DAYS));
    for (InspectedTable table : tables) {
      findings.atMost(
          table.name() + ", files in a partition",
          table.maxFilesPerPartition(),
          MAX_FILES_PER_PARTITION);
      findings.exactly(
          table.name() + ", partitions with files below the target size",
          table.partitionsBelowTargetFileSize(),
          0);
      findings.atMost(
          table.name() + ", bytes of metadata.json", table.metadataJsonBytes(), MAX_METADATA_BYTES);
      findings.none(table.name() + ", orphans", List.copyOf(table.orphans()));
      findings.none(table.name() + ", missing files", List.copyOf(table.missing()));
      findings.note(table.name() + ", snapshots", table.snapshots());
    }

    findings.none(
        "segments older than their grace",
        LakeInspection.segmentsOlderThan(storage, SEGMENT_GRACE.plus(ROUND)));
    findings.atMost(
        "bytes of state in the job manager",
        LakeInspection.jobManagerStateBytes(storage),
        MAX_JOB_MANAGER_STATE_BYTES);
  }

  /** Lets a tenant keep its profiles of the last day only, and its roll-ups for ever. */
  private void expectRetention(LiveHistory live, Path storage, Path overrides) throws Exception {
    Instant keptFrom = start.plus(Duration.ofDays(DAYS - 1L));
    // Ends in the second hour of that day, so that midnight may pass meanwhile.
    long hours = Duration.between(keptFrom, Instant.now()).toHours() - 1;
    Files.writeString(
        overrides,
        "overrides: {%s: {retention_period: %dh, rollup_retention_period: 0}}\n"
            .formatted(SHORT_LIVED, hours));
    long deadline = System.nanoTime() + AT_MOST.toNanos();
    while (System.nanoTime() < deadline && hasProfilesBefore(storage, keptFrom)) {
      TimeUnit.SECONDS.sleep(2);
    }

    findings.exactly(
        "profiles that outlived their retention", hasProfilesBefore(storage, keptFrom) ? 1 : 0, 0);
    for (int i = 0; i < ROLL_UP_QUESTIONS; i++) {
      live.askOfRollUps(SHORT_LIVED, keptFrom, random);
    }

    for (HistorySeries series : history.series()) {
      if (series.tenant().value().equals(SHORT_LIVED)) {
        live.pushed().remove(series, start, keptFrom);
      }
    }

    live.askOnlySince(SHORT_LIVED, keptFrom);
    live.ask(QUESTIONS_AT_THE_END, random);
    for (InspectedTable table : awaitMaintained(storage)) {
      findings.none(table.name() + ", orphans after retention", List.copyOf(table.orphans()));
    }
  }

  private static boolean hasProfilesBefore(Path storage, Instant time) {
    String firstDay = time.toString().substring(0, "2026-01-01".length());
    return LakeInspection.tables(storage).get(0).files().keySet().stream()
        .filter(partition -> partition.startsWith("tenant=" + SHORT_LIVED + "/"))
        .map(partition -> partition.substring(partition.lastIndexOf('=') + 1))
        .anyMatch(hour -> hour.compareTo(firstDay) < 0);
  }
}
