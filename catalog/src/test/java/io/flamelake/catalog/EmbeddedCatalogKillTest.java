/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills processes in the middle of commits to the embedded catalog. */
class EmbeddedCatalogKillTest {
  private static final int KILLS = 4;
  private static final String LANE = "01JABCDEFGHJKMNPQRSTVWXYZ0";

  @TempDir private Path directory;

  @Test
  void keepsEveryCommitThatWasReported() throws Exception {
    long reported = -1;
    for (int round = 0; round < KILLS; round++) {
      reported = Math.max(reported, commitUntilKilled());
      try (LakeCatalog catalog = LakeCatalog.open(CatalogConfig.embedded(directory))) {
        Table profiles = catalog.tables().profiles();
        long watermark = LaneWatermarks.of(profiles).sequence(LANE);
        // The one that was not reported may have happened.
        assertThat(watermark).as("round %s", round).isBetween(reported, reported + 1);
        assertThat(profiles.currentSnapshot().summary())
            .containsEntry("total-data-files", Long.toString(watermark + 1));
      }
    }

    assertThat(reported).isGreaterThan(KILLS);
  }

  private long commitUntilKilled() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Committer.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long last = -1;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      int commits = ThreadLocalRandom.current().nextInt(3, 8);
      for (int i = 0; i < commits; i++) {
        last = Long.parseLong(lines.readLine());
      }

      // Somewhere in the next commit.
      int nanos = ThreadLocalRandom.current().nextInt(20_000_000);
      for (long start = System.nanoTime(); System.nanoTime() - start < nanos; ) {
        Thread.onSpinWait();
      }

      // Process.destroyForcibly would close the stream that still has to be read.
      process.toHandle().destroyForcibly();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isEmpty()) {
          last = Long.parseLong(line);
        }
      }
    } finally {
      process.destroyForcibly().waitFor();
    }

    return last;
  }

  /** The process that is killed: prints each sequence after its commit. */
  static final class Committer {
    private Committer() {}

    public static void main(String[] args) {
      try (LakeCatalog catalog = LakeCatalog.open(CatalogConfig.embedded(Path.of(args[0])))) {
        Table profiles = catalog.tables().profiles();
        for (long i = LaneWatermarks.of(profiles).sequence(LANE) + 1; ; i++) {
          LaneWatermarks watermarks = LaneWatermarks.ofSequences(Map.of(LANE, i));
          Transaction transaction = profiles.newTransaction();
          transaction
              .newAppend()
              .appendFile(TestProfileFiles.name(profiles, i))
              .set(LaneWatermarks.SUMMARY_PROPERTY, watermarks.toSummary())
              .commit();
          watermarks
              .toProperties()
              .forEach((key, value) -> transaction.updateProperties().set(key, value).commit());
          transaction.commitTransaction();
          System.out.println(i);
        }
      }
    }
  }
}
