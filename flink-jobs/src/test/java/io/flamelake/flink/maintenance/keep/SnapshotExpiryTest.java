/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.flink.sink.LakeTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotExpiryTest {

  private static final Duration AGE = Duration.ofMinutes(20);
  private static final Duration LATER = Duration.ofMinutes(21);

  @TempDir private Path directory;
  private KeptLake lake;

  @BeforeEach
  void openLake() {
    lake = new KeptLake(directory, AGE);
  }

  @AfterEach
  void closeLake() {
    lake.close();
  }

  @Test
  void keepsWhatARunningQueryMayHold() throws Exception {
    lake.append("t", 1);
    lake.append("t", 2);
    assertThat(KeptLake.run(new SnapshotExpiryPlanner(), lake.newRun()))
        .isEqualTo(TaskResult.NOTHING);
    assertThat(profiles().snapshots()).hasSize(2);
  }

  @Test
  void countsTheAgeFromWhenASnapshotWasReplaced() throws Exception {
    lake.append("t", 1);
    long first = profiles().currentSnapshot().snapshotId();
    MaintenanceContext later = lake.newRun(LATER);
    // The only snapshot is the table, however old it is.
    assertThat(new SnapshotExpiryPlanner().plan(later)).isEmpty();
    lake.append("t", 2);
    profiles().refresh();
    SnapshotHistory history = SnapshotHistory.of(profiles());
    long replaced = profiles().currentSnapshot().timestampMillis();
    assertThat(history.oldestKeptMillis(Instant.ofEpochMilli(replaced - 1)))
        .isEqualTo(profiles().snapshot(first).timestampMillis());
    assertThat(history.hasSnapshotsBefore(Instant.ofEpochMilli(replaced - 1))).isFalse();
    assertThat(history.hasSnapshotsBefore(Instant.ofEpochMilli(replaced))).isTrue();
  }

  @Test
  void deletesExactlyTheFilesThatNoSnapshotHasAnyMore() throws Exception {
    String kept = lake.append("t", 1);
    String dropped = lake.append("t", 2);
    profiles().newDelete().deleteFile(dropped).commit();
    String last = lake.append("t", 3);
    assertThat(KeptLake.run(new SnapshotExpiryPlanner(), lake.newRun(LATER)).count("snapshots"))
        .isEqualTo(4 - 1);
    Set<String> data = new TreeSet<>(lake.files(LakeTable.PROFILES));
    data.removeIf(file -> !file.endsWith(".parquet"));
    assertThat(data).containsExactlyInAnyOrder(kept, last);
    assertThat(lake.orphans(LakeTable.PROFILES)).isEmpty();
    assertThat(profiles().snapshots()).hasSize(2);
    assertThat(new SnapshotExpiryPlanner().plan(lake.newRun(LATER)))
        .as("an idle table comes to rest")
        .isEmpty();
  }

  @Test
  void keepsTagsAndBranchesWithTheirFiles() throws Exception {
    String tagged = lake.append("t", 1);
    long tag = profiles().currentSnapshot().snapshotId();
    profiles().manageSnapshots().createTag("audit", tag).commit();
    profiles().newDelete().deleteFile(tagged).commit();
    profiles().manageSnapshots().createBranch("try").commit();
    lake.append("t", 2);
    lake.append("t", 3);
    KeptLake.run(new SnapshotExpiryPlanner(), lake.newRun(LATER));
    assertThat(profiles().refs()).containsKeys("main", "audit", "try");
    assertThat(lake.lines(LakeTable.PROFILES, tag)).containsExactly("line 0");
    assertThat(lake.orphans(LakeTable.PROFILES)).isEmpty();
  }

  @Test
  void losesNoCommitThatComesMeanwhile() throws Exception {
    lake.append("t", 1);
    lake.append("t", 2);
    MaintenanceContext later = lake.newRun(LATER);
    List<?> due = new SnapshotExpiryPlanner().plan(later);
    assertThat(due).hasSize(1);
    lake.append("t", 3);
    KeptLake.run(context -> new SnapshotExpiryPlanner().plan(later), later);
    assertThat(lake.lines(LakeTable.PROFILES, profiles().currentSnapshot().snapshotId()))
        .containsExactly("line 0", "line 1", "line 2");
  }

  @Test
  void putsSmallManifestsTogetherByTime() throws Exception {
    Table profiles = profiles();
    profiles.updateProperties().set("commit.manifest-merge.enabled", "false").commit();
    for (int i = 0; i < 45; i++) {
      lake.append("t", i * 1000);
    }

    List<String> before = currentLines();
    TaskResult result = KeptLake.run(new ManifestRewritePlanner(), lake.newRun());
    assertThat(result.count("manifests_in")).isEqualTo(45);
    assertThat(profiles().currentSnapshot().allManifests(profiles().io()))
        .hasSize((int) result.count("manifests_out"));
    assertThat(currentLines()).isEqualTo(before);
    assertThat(new ManifestRewritePlanner().plan(lake.newRun())).isEmpty();
  }

  @Test
  void keepsMetadataSmallOverManyCommits() throws Exception {
    DataFile file = lake.write(LakeTable.PROFILES, KeptLake.ingestName(), "t", 1, List.of("x"));
    profiles().newAppend().appendFile(file).commit();
    for (int i = 0; i < 60; i++) {
      profiles().newAppend().commit();
      if (i % 20 == 19) {
        KeptLake.run(new SnapshotExpiryPlanner(), lake.newRun(LATER));
      }
    }

    assertThat(profiles().snapshots()).hasSizeLessThan(5);
    assertThat(lake.orphans(LakeTable.PROFILES)).isEmpty();
  }

  private List<String> currentLines() throws IOException {
    return lake.lines(LakeTable.PROFILES, profiles().currentSnapshot().snapshotId());
  }

  private Table profiles() {
    return lake.table(LakeTable.PROFILES);
  }
}
