/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.flink.sink.LakeTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.DataFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts an hour with many distinct stacks in a small heap. The long form:
 *
 * <pre>mvn -pl flink-jobs test -Dtest=CompactionMemoryTest -Dcompaction.stacks=3000000
 * -Dcompaction.heap-mb=1024 -Dcompaction.sort-mb=128</pre>
 */
class CompactionMemoryTest {

  private static final Logger LOG = LoggerFactory.getLogger(CompactionMemoryTest.class);

  private static final int STACKS = Integer.getInteger("compaction.stacks", 30_000);
  private static final int HEAP_MB = Integer.getInteger("compaction.heap-mb", 128);
  private static final int SORT_MB = Integer.getInteger("compaction.sort-mb", 8);

  /** What the JVM takes besides its heap: code, threads, zstd's buffers. */
  private static final int BESIDES_HEAP_MB = 350;

  @TempDir private Path directory;

  @Test
  void needsNoMoreMemoryForMoreStacks() throws Exception {
    long profiles;
    try (RewriteFixture lake = new RewriteFixture(directory)) {
      new ManyStacks(lake, STACKS).write();
      profiles = RewriteFixture.rows(lake.table(LakeTable.PROFILES));
    }

    String output = compact();
    LOG.info("Compacted with a heap of {} MB:\n{}", HEAP_MB, output);
    try (RewriteFixture lake = new RewriteFixture(directory)) {
      assertSorted(lake, LakeTable.STACKS, STACKS);
      assertSorted(lake, LakeTable.PROFILES, profiles);
    }

    Matcher peak = Pattern.compile("VmHWM: (\\d+) kB").matcher(output);
    int tasks = 0;
    while (peak.find()) {
      tasks++;
      assertThat(Long.parseLong(peak.group(1)) / 1024)
          .as("resident memory in MB")
          .isLessThan(HEAP_MB + BESIDES_HEAP_MB);
    }

    assertThat(tasks).isEqualTo(2);
  }

  private static void assertSorted(RewriteFixture lake, LakeTable table, long rows)
      throws IOException {
    List<DataFile> files = RewriteFixture.files(lake.table(table));
    assertThat(files).isNotEmpty().allMatch(CompactionMode.SORT::isResult);
    assertThat(RewriteFixture.rows(lake.table(table))).isEqualTo(rows);
  }

  private String compact() throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP_MB + "m",
                "-cp",
                System.getProperty("java.class.path"),
                CompactionProcess.class.getName(),
                directory.toString(),
                Long.toString((long) SORT_MB << 20))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(30, TimeUnit.MINUTES)).as("compacted in time").isTrue();
    } finally {
      process.destroyForcibly();
    }

    String text = Files.readString(output);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }
}
