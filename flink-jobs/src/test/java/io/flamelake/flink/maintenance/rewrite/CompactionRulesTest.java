/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionSpec;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class CompactionRulesTest {

  private static final Logger LOG = LoggerFactory.getLogger(CompactionRulesTest.class);

  private static final int COMMIT_SECONDS = 5;
  private static final int FILES_A_COMMIT = 2;
  private static final int TICK_SECONDS = 15;
  private static final int FILE_BYTES = 100_000;
  private static final long TARGET_BYTES = 128 << 20;
  private static final CompactionRules RULES = new CompactionRules(8, TARGET_BYTES);

  private final Random random = new Random(3);
  private int files;

  @Test
  void holdsAnHourOfCommitsBelowTwentyFiles() {
    Simulation hour = new Simulation(3);
    hour.run(3600);
    LOG.info("An hour of commits: {}", hour);
    assertThat(hour.mostFiles).isLessThanOrEqualTo(20);
    assertThat(hour.amplification()).isLessThan(4.5);
  }

  @Test
  void holdsADayOfCommitsBelowTwentySmallFiles() {
    Simulation day = new Simulation(3);
    day.run(86_400);
    LOG.info("A day of commits: {}", day);
    assertThat(day.mostFiles).isLessThanOrEqualTo(20);
    assertThat(day.amplification()).isLessThan(7.5);
  }

  @Test
  void holdsTheBoundWhenAMergeTakesAlmostATick() {
    Simulation slow = new Simulation(12);
    slow.run(3600);
    LOG.info("An hour of commits, slow merges: {}", slow);
    assertThat(slow.mostFiles).isLessThanOrEqualTo(20);
  }

  @Test
  void leavesFewFilesAlone() {
    List<DataFile> few = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      few.add(file("a", 1000));
    }

    assertThat(RULES.select(CompactionMode.PACK, few)).isEmpty();
    few.add(file("a", 1000));
    assertThat(RULES.select(CompactionMode.PACK, few)).hasSize(8);
  }

  @Test
  void leavesLargeFilesAlone() {
    List<DataFile> large = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      large.add(file("packed", TARGET_BYTES / 2));
    }

    assertThat(RULES.select(CompactionMode.PACK, large)).isEmpty();
  }

  @Test
  void sortsAllFilesUnlessAllAreSorted() {
    List<DataFile> sorted = List.of(file("sorted-run", 10), file("sorted-run", 10));
    assertThat(RULES.select(CompactionMode.SORT, sorted)).isEmpty();
    List<DataFile> withLate = List.of(file("sorted-run", 10), file("00000", 10));
    assertThat(RULES.select(CompactionMode.SORT, withLate)).isEqualTo(withLate);
  }

  private DataFile file(String prefix, long bytes) {
    return DataFiles.builder(PartitionSpec.unpartitioned())
        .withPath("/warehouse/" + prefix + "-" + files++ + ".parquet")
        .withFormat(FileFormat.PARQUET)
        .withFileSizeInBytes(bytes)
        .withRecordCount(1)
        .build();
  }

  /** Commits and merges of one partition, second by second. */
  private final class Simulation {

    private final int mergeSeconds;
    private final List<DataFile> live = new ArrayList<>();
    private List<DataFile> merging = List.of();
    private int mergedAt = -1;
    private long mostFiles;
    private long bytesCommitted;
    private long bytesWritten;
    private int merges;

    private Simulation(int mergeSeconds) {
      this.mergeSeconds = mergeSeconds;
    }

    private void run(int seconds) {
      for (int second = 0; second < seconds; second++) {
        if (second % COMMIT_SECONDS == 0) {
          commit();
        }

        if (second == mergedAt) {
          finishMerge();
        }

        if (second % TICK_SECONDS == TICK_SECONDS - 1 && mergedAt < second) {
          merging = RULES.select(CompactionMode.PACK, live);
          mergedAt = merging.isEmpty() ? -1 : second + mergeSeconds;
        }
      }
    }

    private void commit() {
      for (int i = 0; i < FILES_A_COMMIT; i++) {
        long bytes = FILE_BYTES / 2L + random.nextInt(FILE_BYTES);
        live.add(file("00000", bytes));
        bytesCommitted += bytes;
      }

      long small = live.stream().filter(file -> file.fileSizeInBytes() < TARGET_BYTES / 2).count();
      mostFiles = Math.max(mostFiles, small);
    }

    private void finishMerge() {
      long bytes = merging.stream().mapToLong(DataFile::fileSizeInBytes).sum();
      live.removeAll(merging);
      live.add(file("packed", bytes));
      bytesWritten += bytes;
      merges++;
    }

    private double amplification() {
      return (double) bytesWritten / bytesCommitted;
    }

    @Override
    public String toString() {
      return "at most %d small files, each byte rewritten %.2f times, %d merges"
          .formatted(mostFiles, amplification(), merges);
    }
  }
}
