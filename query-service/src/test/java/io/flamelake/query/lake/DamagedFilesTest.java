/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.model.Selector;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.ProfileStoreException;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.StackSums;
import io.flamelake.query.TestProfile;
import io.flamelake.query.TestProfiles;
import io.flamelake.query.TimeRange;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that cannot be read makes a query fail; it never makes its answer smaller. */
class DamagedFilesTest {
  private static final ProfileQuery QUERY =
      new ProfileQuery(
          TestProfiles.TENANTS.get(0),
          TestProfiles.TYPES.get(0),
          Selector.ALL,
          TimeRange.ofMillis(0, Long.MAX_VALUE));

  @TempDir Path directory;
  private LakeFixture fixture;

  @BeforeEach
  void write() throws IOException {
    this.fixture = new LakeFixture(directory);
    List<TestProfile> profiles = new TestProfiles(7).profiles(400);
    fixture.append(profiles, FileLayout.FLAMELAKE);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void failsWhenAFileIsMissing() throws IOException {
    Files.delete(aDataFile());

    assertThatThrownBy(this::sum)
        .isInstanceOf(ProfileStoreException.class)
        .hasMessageStartingWith("Cannot read file:");
  }

  @Test
  void failsWhenAFileIsTruncated() throws IOException {
    Path file = aDataFile();
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));

    assertThatThrownBy(this::sum)
        .isInstanceOf(ProfileStoreException.class)
        .hasMessageStartingWith("Cannot read file:");
  }

  @Test
  void failsOrAnswersRightWhenAPageIsDamaged() throws IOException {
    Map<StackSums.Key, Map<Long, Long>> expected = sum();
    Path file = aDataFile();
    byte[] intact = Files.readAllBytes(file);
    ParquetFile opened =
        ParquetFile.open(fixture.tables().profiles().io(), "file://" + file, intact.length);
    long pagesEnd =
        opened.rowGroups().get(0).getColumns().stream()
            .mapToLong(column -> column.getStartingPos() + column.getTotalSize())
            .max()
            .orElseThrow();
    Random random = new Random(1);
    int failures = 0;
    for (int i = 0; i < 60; i++) {
      byte[] damaged = intact.clone();
      damaged[4 + random.nextInt((int) pagesEnd - 4)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);
      try {
        assertThat(sum()).isEqualTo(expected);
      } catch (ProfileStoreException e) {
        failures++;
      }
    }

    assertThat(failures).isBetween(10, 60);
  }

  private Map<StackSums.Key, Map<Long, Long>> sum() {
    LakeProfileStore store =
        new LakeProfileStore(
            fixture.tables(), LakeConfig.of(2, 1 << 20), new SimpleMeterRegistry());
    try (store) {
      StackSums sums = new StackSums();
      store.pin().sumStacks(QUERY, sums, new QueryCancellation());
      return sums.groups().stream()
          .collect(Collectors.toMap(StackSums.Group::key, group -> Map.copyOf(group.sums())));
    }
  }

  /** The largest file of the queried tenant. */
  private Path aDataFile() throws IOException {
    DataFile largest = null;
    try (CloseableIterable<FileScanTask> tasks =
        fixture.tables().profiles().newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        boolean ours = task.file().partition().get(0, String.class).equals(QUERY.tenant().value());
        if (ours
            && (largest == null || task.file().fileSizeInBytes() > largest.fileSizeInBytes())) {
          largest = task.file();
        }
      }
    }

    return Path.of(requireNonNull(largest, "largest").location().replaceFirst("^file:(//)?", ""));
  }
}
