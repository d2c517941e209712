/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.flink.maintenance.commit.ClaimLostException;
import io.flamelake.flink.sink.LakeTable;
import io.flamelake.segment.LaneId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphanRemovalTest {

  private static final String ODD_TENANT = "it's (odd)* %2F+";
  private static final OrphanRemovalPlanner PLANNER = new OrphanRemovalPlanner();

  @TempDir private Path directory;
  private KeptLake lake;
  private LaneId lane;

  @BeforeEach
  void openLake() {
    lake = new KeptLake(directory, Duration.ofMinutes(20));
    lane = LaneId.random(Clock.systemUTC());
  }

  @AfterEach
  void closeLake() {
    lake.close();
  }

  @Test
  void deletesFilesOfFencedRunsAtOnceAndKeepsThoseOfItsOwn() throws Exception {
    MaintenanceContext dead = lake.newRun();
    dead.commit().claim(lake.table(LakeTable.PROFILES));
    String left = write(KeptLake.nameOf(dead.run()));
    MaintenanceContext alive = lake.newRun();
    String own = write(KeptLake.nameOf(alive.run()));
    String young = write(KeptLake.ingestName());
    TaskResult result = KeptLake.run(PLANNER, alive);
    assertThat(result.counts())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(TaskResult.DELETED_FILES, 1L, TaskResult.DELETED_BYTES, 1L));
    assertThat(lake.files(LakeTable.PROFILES)).contains(own, young).doesNotContain(left);
    assertThatThrownBy(() -> dead.commit().claim(lake.table(LakeTable.PROFILES)))
        .isInstanceOf(ClaimLostException.class);
  }

  @Test
  void keepsEveryFileThatASnapshotHasWhateverItsNameAndAge() throws Exception {
    MaintenanceContext dead = lake.newRun();
    DataFile ofRun =
        lake.write(LakeTable.PROFILES, KeptLake.nameOf(dead.run()), ODD_TENANT, 1, List.of("a"));
    DataFile foreign =
        lake.write(LakeTable.PROFILES, "any name.parquet", ODD_TENANT, 1, List.of("b"));
    lake.commit(LakeTable.PROFILES, List.of(ofRun, foreign), lane, 0);
    String orphan = write("other name.parquet");
    lake.age(Duration.ofDays(2));
    // The job has committed since: its own old files are not about to be.
    lake.commit(LakeTable.PROFILES, List.of(), lane, 1);
    KeptLake.run(PLANNER, lake.newRun());
    assertThat(lake.files(LakeTable.PROFILES))
        .contains(ofRun.location(), foreign.location())
        .doesNotContain(orphan);
    assertThat(lake.orphans(LakeTable.PROFILES)).isEmpty();
    assertThat(lake.lines(LakeTable.PROFILES, current())).containsExactly("a", "b");
    assertThat(PLANNER.plan(lake.newRun())).isEmpty();
  }

  @Test
  void keepsFilesOfAJobThatIsDown() throws Exception {
    String pending = write(KeptLake.ingestName());
    lake.commit(LakeTable.PROFILES, List.of(), lane, 0);
    lake.age(Duration.ofDays(2));
    // Two days later, by the clock of the run; the job has not committed since.
    KeptLake.run(PLANNER, lake.newRun(Duration.ZERO));
    assertThat(lake.files(LakeTable.PROFILES)).doesNotContain(pending);

    String night = write(KeptLake.ingestName());
    KeptLake.run(PLANNER, lake.newRun(Duration.ofDays(2)));
    assertThat(lake.files(LakeTable.PROFILES)).contains(night);
  }

  @Test
  void deletesOldMetadataFilesOfCommitsThatFailed() throws Exception {
    lake.commit(LakeTable.PROFILES, List.of(), lane, 0);
    Path metadata = tableDirectory().resolve("metadata");
    Path manifest = Files.write(metadata.resolve("snap-1-left.avro"), new byte[] {1});
    Path version = Files.write(metadata.resolve("00009-left.metadata.json"), new byte[] {1});
    KeptLake.run(PLANNER, lake.newRun());
    assertThat(manifest).exists();
    KeptLake.run(PLANNER, lake.newRun(Duration.ofHours(4)));
    assertThat(manifest).doesNotExist();
    assertThat(version).doesNotExist();
    assertThat(lake.orphans(LakeTable.PROFILES)).isEmpty();
  }

  @Test
  void removesNothingWhereTheListingDoesNotShowTheTable() throws Exception {
    lake.commit(LakeTable.PROFILES, List.of(), lane, 0);
    Path away = directory.resolve("away");
    String orphan = write("other.parquet");
    lake.age(Duration.ofDays(2));
    MaintenanceContext run = lake.newRun();
    Path metadata = tableDirectory().resolve("metadata");
    Files.move(metadata, away);
    assertThatThrownBy(() -> PLANNER.plan(run)).isInstanceOf(RuntimeException.class);
    Files.move(away, metadata);
    assertThat(lake.files(LakeTable.PROFILES)).contains(orphan);
  }

  private Path tableDirectory() {
    return Path.of(lake.table(LakeTable.PROFILES).location().replaceFirst("^file:/*", "/"));
  }

  private long current() {
    return lake.table(LakeTable.PROFILES).currentSnapshot().snapshotId();
  }

  private String write(String name) throws IOException {
    return lake.write(LakeTable.PROFILES, name, ODD_TENANT, 1, List.of("x")).location();
  }
}
