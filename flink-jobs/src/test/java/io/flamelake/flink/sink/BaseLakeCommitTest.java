/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.flink.sink.FaultyOperations.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The commit protocol; subclasses say over which catalog. */
abstract class BaseLakeCommitTest {

  @TempDir private Path directory;

  protected LakeFixture lake;
  private final Events events = new Events();

  @BeforeEach
  void openLake() {
    lake = new LakeFixture(openCatalog(directory));
  }

  /** Returns a catalog with its tables in a directory. */
  protected abstract CatalogConfig openCatalog(Path directory);

  /** Sends a request to commit that was made long ago. */
  protected abstract void deliverLate(
      TableOperations connection, TableMetadata base, TableMetadata metadata);

  @AfterEach
  void closeLake() {
    lake.close();
  }

  @Test
  void commitsStacksBeforeProfilesAndMovesTheWatermarks() throws Exception {
    commit().commit(lake.fileSet(-1, 4));
    assertThat(lake.profiles()).containsExactly(4L);
    assertThat(lake.stacks()).containsExactly(4L);
    assertThat(lake.watermark(LakeTable.PROFILES)).isEqualTo(4);
    assertThat(lake.watermark(LakeTable.STACKS)).isEqualTo(4);
    assertThat(events.names()).containsExactly("committed STACKS", "committed PROFILES");
    Snapshot snapshot = lake.table(LakeTable.PROFILES).currentSnapshot();
    assertThat(snapshot.summary()).containsEntry("flamelake.lanes", LakeFixture.LANE + "=4");
  }

  @Test
  void commitsNothingForAnEmptySet() throws Exception {
    commit().commit(new PendingFileSet(1, new UUID(0, 1), FileSet.EMPTY));
    assertThat(lake.table(LakeTable.PROFILES).currentSnapshot()).isNull();
    assertThat(events.names()).isEmpty();
  }

  @Test
  void movesTheWatermarkWhereSegmentsHadNoRows() throws Exception {
    commit().commit(lake.emptySet(-1, 0));
    assertThat(lake.watermark(LakeTable.PROFILES)).isZero();
    assertThat(lake.profiles()).isEmpty();
  }

  @Test
  void neverSetsAWatermarkBackByARequestThatComesLate() throws Exception {
    FaultyOperations operations = faulty(Fault.HOLD_BACK);
    commit(operations).commit(lake.emptySet(-1, 4));
    commit().commit(lake.fileSet(4, 7));
    assertThatThrownBy(operations::deliverLate).isInstanceOf(CommitFailedException.class);
    assertThat(lake.watermark(LakeTable.PROFILES)).isEqualTo(7);
    assertThat(lake.profiles()).containsExactly(7L);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void commitsOnceWhateverBecomesOfTheAnswer(Fault fault) throws Exception {
    FaultyOperations operations = faulty(fault);
    commit(operations).commit(lake.fileSet(-1, 4));
    if (fault == Fault.HOLD_BACK) {
      assertThatThrownBy(operations::deliverLate).isInstanceOf(CommitFailedException.class);
    }

    assertThat(lake.profiles()).containsExactly(4L);
    assertThat(lake.watermark(LakeTable.PROFILES)).isEqualTo(4);
    assertThat(events.names())
        .containsExactly("committed STACKS", "failed PROFILES", "committed PROFILES");
  }

  @Test
  void findsARequestThatLandedAfterTheJobWasGivenUp() throws Exception {
    FaultyOperations operations = faulty(Fault.HOLD_BACK);
    LakeCommit first =
        new LakeCommit(
            table -> table == LakeTable.PROFILES ? operations : lake.operations(table),
            new CommitRetry(Duration.ZERO, Duration.ZERO, Duration.ZERO),
            events);
    assertThatThrownBy(() -> first.commit(lake.fileSet(-1, 4)))
        .isInstanceOf(CommitStateUnknownException.class);
    assertThat(lake.profiles()).isEmpty();

    operations.deliverLate();
    commit().commit(lake.fileSet(-1, 4));
    assertThat(lake.profiles()).containsExactly(4L);
    assertThat(events.names()).endsWith("covered PROFILES");
  }

  @Test
  void failsOnAPartlyCommittedSetButKeepsItsStacks() throws Exception {
    commit().commit(lake.fileSet(-1, 4));
    PendingFileSet overlapping = lake.fileSet(-1, 7);
    assertThatThrownBy(() -> commit().commit(overlapping))
        .isInstanceOf(LaneConflictException.class)
        .hasMessageContaining("Table profiles is at {" + LakeFixture.LANE + "=4}");
    assertThat(lake.profiles()).containsExactly(4L);
    assertThat(lake.stacks()).containsExactly(4L, 7L);
  }

  @Test
  void failsOnAGapThatWouldLoseSegments() throws Exception {
    PendingFileSet later = lake.fileSet(3, 7);
    assertThatThrownBy(() -> commit().commit(later)).isInstanceOf(LaneConflictException.class);
    assertThat(lake.profiles()).isEmpty();
  }

  @Test
  void dropsASetThatAnotherJobCommitted() throws Exception {
    commit().commit(lake.fileSet(-1, 4));
    commit().commit(lake.fileSet(-1, 4));
    assertThat(lake.profiles()).containsExactly(4L);
    assertThat(events.names()).endsWith("covered PROFILES");
  }

  @Test
  void commitsOntoTheVersionWhoseWatermarksItSaw() throws Exception {
    PendingFileSet set = lake.fileSet(-1, 4);
    PendingFileSet rival = lake.fileSet(-1, 4);
    LakeCommit raced =
        new LakeCommit(
            table ->
                table == LakeTable.PROFILES
                    ? new RacingOperations(lake.operations(table), () -> commitQuietly(rival))
                    : lake.operations(table),
            LakeFixture.QUICK,
            events);
    raced.commit(set);
    assertThat(lake.profiles()).containsExactly(4L);
    assertThat(events.names()).endsWith("failed PROFILES", "covered PROFILES");
  }

  @Test
  void appendsRestoredStacksOnceAndNeverRestoredProfiles() throws Exception {
    PendingFileSet restored = lake.fileSet(-1, 4);
    commit().commitRestored(restored);
    commit().commitRestored(restored);
    assertThat(lake.stacks()).containsExactly(4L);
    assertThat(lake.profiles()).isEmpty();
    assertThat(lake.watermark(LakeTable.STACKS)).isEqualTo(4);
  }

  @Test
  void refusesARestoredSetWhoseFilesAreGone() throws Exception {
    PendingFileSet restored = lake.fileSet(-1, 4);
    for (WrittenFile file : restored.files().files()) {
      lake.table(LakeTable.STACKS).io().deleteFile(file.location());
    }

    assertThatThrownBy(() -> commit().commitRestored(restored))
        .isInstanceOf(LostFileException.class)
        .hasMessageContaining("start the job without state");
    assertThat(lake.stacks()).isEmpty();
  }

  @Test
  void dropsStacksOfAnOldSavepointThatTheTableIsPast() throws Exception {
    PendingFileSet old = lake.fileSet(-1, 2);
    commit().commit(lake.fileSet(-1, 4));
    commit().commitRestored(old);
    assertThat(lake.stacks()).containsExactly(4L);
    assertThat(events.names()).endsWith("covered STACKS");
  }

  @Test
  void neverDeletesDataFilesOfAnUnknownCommit() throws Exception {
    FaultyOperations operations = faulty(Fault.DROP, Fault.DROP, Fault.REFUSE, Fault.DELIVER);
    commit(operations).commit(lake.fileSet(-1, 4));
    assertThat(lake.profiles()).containsExactly(4L);
    assertThat(operations.commits()).isEqualTo(4);
  }

  private void commitQuietly(PendingFileSet set) {
    try {
      commit().commit(set);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private FaultyOperations faulty(Fault... faults) {
    return new FaultyOperations(
        lake.operations(LakeTable.PROFILES),
        (base, metadata) -> deliverLate(lake.operations(LakeTable.PROFILES), base, metadata),
        faults);
  }

  protected LakeCommit commit() {
    return new LakeCommit(lake::operations, LakeFixture.QUICK, events);
  }

  private LakeCommit commit(FaultyOperations profiles) {
    return new LakeCommit(
        table -> table == LakeTable.PROFILES ? profiles : lake.operations(table),
        LakeFixture.QUICK,
        events);
  }

  /** Remembers what was reported. */
  private static final class Events implements LakeCommit.Listener {

    private final List<String> names = new ArrayList<>();

    @Override
    public void committed(LakeTable table) {
      names.add("committed " + table);
    }

    @Override
    public void foundCovered(LakeTable table) {
      names.add("covered " + table);
    }

    @Override
    public void attemptFailed(LakeTable table) {
      names.add("failed " + table);
    }

    private List<String> names() {
      return names;
    }
  }
}
