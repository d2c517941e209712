/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecentProfilesTest {
  @TempDir private Path directory;
  private LakeCatalog catalog;
  private Table profiles;

  @BeforeEach
  void openCatalog() {
    catalog = LakeCatalog.open(CatalogConfig.embedded(directory));
    profiles = catalog.tables().profiles();
  }

  @AfterEach
  void closeCatalog() {
    catalog.close();
  }

  @Test
  void hasNothingInEmptyTable() {
    assertThat(keysSince(Instant.EPOCH)).isEmpty();
  }

  @Test
  void returnsKeysOfRowsCommittedSince() throws Exception {
    append("a", 1);
    append("it's", 2);
    Instant between = Instant.ofEpochMilli(profiles.currentSnapshot().timestampMillis() + 1);
    // Commits are told apart by their milliseconds.
    while (!Instant.now().isAfter(between)) {
      Thread.onSpinWait();
    }

    append("a", 3);
    profiles.updateProperties().set("some", "property").commit();

    assertThat(keysSince(between)).containsExactly(key("a", 3));
    assertThat(keysSince(Instant.EPOCH))
        .containsExactlyInAnyOrder(key("a", 1), key("it's", 2), key("a", 3));
    assertThat(keysSince(Instant.now().plus(Duration.ofHours(1)))).isEmpty();
  }

  @Test
  void readsTheRowsThemselvesWhereSnapshotsThatAreNotOldWereExpired() throws Exception {
    append("a", 1);
    append("a", 2);
    profiles.expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();
    append("a", 3);
    assertThat(keysSince(Instant.EPOCH))
        .containsExactlyInAnyOrder(key("a", 1), key("a", 2), key("a", 3));
  }

  @Test
  void readsTheRowsOfCompactedFilesWhereTheOriginalsAreGone() throws Exception {
    append("a", 1);
    DataFile original = onlyFile();
    DataFile packed = TestProfileFiles.write(profiles, "a", 2);
    profiles.newRewrite().rewriteFiles(Set.of(original), Set.of(packed)).commit();
    profiles.expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();
    profiles.io().deleteFile(original.location());
    assertThat(keysSince(Instant.EPOCH)).containsExactly(key("a", 2));
    assertThat(keysSince(TestProfileFiles.TIME.plus(Duration.ofHours(1))))
        .containsExactly(key("a", 2));
    assertThat(keysSince(TestProfileFiles.TIME.plus(Duration.ofHours(3))))
        .as("rows from long before")
        .isEmpty();
  }

  private DataFile onlyFile() throws IOException {
    try (CloseableIterable<FileScanTask> tasks = profiles.newScan().planFiles()) {
      return tasks.iterator().next().file();
    }
  }

  private void append(String tenant, long number) throws Exception {
    profiles.newAppend().appendFile(TestProfileFiles.write(profiles, tenant, number)).commit();
  }

  private List<String> keysSince(Instant moment) {
    List<String> keys = new ArrayList<>();
    RecentProfiles.forEach(
        profiles,
        moment,
        (tenant, profileId, profileType, seriesId) ->
            keys.add(String.join(" ", tenant, profileId.toString(), profileType, "" + seriesId)));
    return keys;
  }

  private static String key(String tenant, long number) {
    return String.join(
        " ", tenant, new UUID(0, number).toString(), TestProfileFiles.type(), "" + number);
  }
}
