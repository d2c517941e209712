/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.MaintenanceClaim;
import io.flamelake.catalog.ProfilesTable;
import io.flamelake.flink.maintenance.commit.FencedCommit.Outcome;
import io.flamelake.flink.sink.CommitRetry;
import io.flamelake.flink.sink.FaultyOperations;
import io.flamelake.flink.sink.FaultyOperations.Fault;
import io.flamelake.flink.sink.RacingOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The protocol by which maintenance commits; subclasses say over which catalog. */
abstract class BaseFencedCommitTest {

  private static final String FIRST = "01J00000000000000000000001";
  private static final String SECOND = "01J00000000000000000000002";
  private static final String LANE_PROPERTY = "flamelake.lane.01J0000000000000000000000A";
  private static final CommitRetry QUICK =
      new CommitRetry(Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofSeconds(30));
  private static final CommitRetry ONCE =
      new CommitRetry(Duration.ZERO, Duration.ZERO, Duration.ZERO);
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

  @TempDir private Path directory;

  private LakeCatalog catalog;

  @BeforeEach
  void openLake() {
    catalog = LakeCatalog.open(openCatalog(directory));
    catalog.tables();
    table().updateProperties().set(LANE_PROPERTY, "7").commit();
  }

  /** Returns a catalog with its tables in a directory. */
  protected abstract CatalogConfig openCatalog(Path directory);

  /** Sends a request to commit that was made long ago. */
  protected abstract void deliverLate(
      TableOperations connection, TableMetadata base, TableMetadata metadata);

  @AfterEach
  void closeLake() {
    catalog.close();
  }

  @Test
  void takesTheClaimWithItsFirstCommitAndTouchesNoOtherProperty() throws Exception {
    Map<String, String> before = table().properties();
    assertThat(run(FIRST).commit(table(), append("a"))).isEqualTo(Outcome.COMMITTED);
    assertThat(files()).containsExactly("a");
    assertThat(claim()).isEqualTo(new MaintenanceClaim(FIRST, NOON));
    Map<String, String> after = new TreeMap<>(table().properties());
    after.keySet().removeIf(key -> key.startsWith("flamelake.maintenance."));
    assertThat(after).containsExactlyInAnyOrderEntriesOf(before);
    assertThat(after).containsEntry(LANE_PROPERTY, "7");
  }

  @Test
  void commitsNothingForAChangeThatAddsNothing() throws Exception {
    assertThat(run(FIRST).commit(table(), transaction -> {})).isEqualTo(Outcome.COMMITTED);
    assertThat(claim()).isNull();
    assertThat(table().currentSnapshot()).isNull();
  }

  @Test
  void movesMainWithAChangeThatDoesNot() throws Exception {
    run(FIRST).commit(table(), setProperty("x"));
    long first = table().currentSnapshot().snapshotId();
    run(FIRST).commit(table(), setProperty("y"));
    assertThat(table().currentSnapshot().parentId()).isEqualTo(first);
    assertThat(table().properties()).containsEntry("test.value", "y");
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void commitsOnceWhateverBecomesOfTheAnswer(Fault fault) throws Exception {
    FaultyOperations operations = faulty(fault);
    run(FIRST).commit(over(operations), append("a"));
    if (fault == Fault.HOLD_BACK) {
      assertThatThrownBy(operations::deliverLate).isInstanceOf(CommitFailedException.class);
    }

    assertThat(filesWithDuplicates()).containsExactly("a");
  }

  @Test
  void findsARewriteThatLandedWithoutAnAnswer() throws Exception {
    run(FIRST).commit(table(), append("a"));
    assertThat(run(FIRST).commit(over(faulty(Fault.DELIVER)), replace("a", "b")))
        .isEqualTo(Outcome.COMMITTED);
    assertThat(files()).containsExactly("b");
  }

  @Test
  void doesNotCallARewriteSupersededThatMayHaveLanded() throws Exception {
    run(FIRST).commit(table(), append("a"));
    FaultyOperations operations = faulty(Fault.DROP);
    FencedCommit commit = run(FIRST);
    Consumer<Transaction> change = replace("a", "b");
    assertThatThrownBy(
            () ->
                commit.commit(
                    over(operations),
                    transaction -> {
                      change.accept(transaction);
                      deleteFileA();
                    }))
        .hasMessageStartingWith("It is not known whether a change of table");
    assertThat(files()).isEmpty();
  }

  @Test
  void isSupersededWhereAFileToReplaceIsGone() throws Exception {
    run(FIRST).commit(table(), append("a"));
    deleteFileA();
    assertThat(run(FIRST).commit(table(), replace("a", "b"))).isEqualTo(Outcome.SUPERSEDED);
    assertThat(files()).isEmpty();
  }

  @Test
  void appliesItselfAgainToWhatARivalCommitted() throws Exception {
    TableOperations raced =
        new RacingOperations(
            operations(), () -> table().newAppend().appendFile(file("r")).commit());
    List<Integer> seen = new ArrayList<>();
    run(FIRST)
        .commit(
            over(raced),
            transaction -> {
              seen.add(transaction.table().currentSnapshot() == null ? 0 : 1);
              append("a").accept(transaction);
            });
    assertThat(seen).containsExactly(0, 1);
    assertThat(files()).containsExactly("a", "r");
  }

  @Test
  void losesTheClaimToALaterRunAndNeverGetsItBack() throws Exception {
    FencedCommit first = run(FIRST);
    FencedCommit second = run(SECOND);
    first.commit(table(), append("a"));
    second.commit(table(), append("b"));
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> first.commit(table(), append("c")))
          .isInstanceOf(ClaimLostException.class)
          .hasMessageContaining(
              "run "
                  + FIRST
                  + " may not commit to table "
                  + table().name()
                  + " any more: the claim is run "
                  + SECOND
                  + "'s");
      second.release(table());
    }

    assertThat(files()).containsExactly("a", "b");
    assertThat(claim()).isEqualTo(new MaintenanceClaim(SECOND, null));
  }

  @Test
  void losesTheClaimBetweenTheLookAndTheCommit() {
    TableOperations raced =
        new RacingOperations(operations(), () -> commitQuietly(SECOND, append("b")));
    assertThatThrownBy(() -> run(FIRST).commit(over(raced), append("a")))
        .isInstanceOf(ClaimLostException.class);
    assertThat(files()).containsExactly("b");
  }

  @Test
  void refusesARequestOfAFencedRunThatComesLate() throws Exception {
    run(FIRST).commit(table(), append("a"));
    FaultyOperations operations = faulty(Fault.HOLD_BACK);
    assertThatThrownBy(
            () -> new FencedCommit(FIRST, ONCE).commit(over(operations), replace("a", "b")))
        .isInstanceOf(CommitStateUnknownException.class);

    run(SECOND).claim(table());
    assertThatThrownBy(operations::deliverLate).isInstanceOf(CommitFailedException.class);
    assertThat(files()).containsExactly("a");
    assertThat(claim()).isEqualTo(new MaintenanceClaim(SECOND, NOON));
  }

  @Test
  void refusesARequestOfItsOwnThatComesAfterItsRelease() throws Exception {
    FencedCommit first = run(FIRST);
    first.commit(table(), append("a"));
    FaultyOperations operations = faulty(Fault.HOLD_BACK);
    assertThatThrownBy(
            () -> new FencedCommit(FIRST, ONCE).commit(over(operations), setProperty("late")))
        .isInstanceOf(CommitStateUnknownException.class);

    first.release(table());
    assertThatThrownBy(operations::deliverLate).isInstanceOf(CommitFailedException.class);
    assertThat(table().properties()).doesNotContainKey("test.value");
  }

  @Test
  void claimsOnceAndReleasesOnce() throws Exception {
    FencedCommit first = run(FIRST);
    first.claim(table());
    first.claim(table());
    assertThat(table().snapshots()).hasSize(1);
    assertThat(claim()).isEqualTo(new MaintenanceClaim(FIRST, NOON));

    first.release(table());
    first.release(table());
    assertThat(table().snapshots()).hasSize(2);
    assertThat(claim()).isEqualTo(new MaintenanceClaim(FIRST, null));
    assertThatThrownBy(() -> first.claim(table())).isInstanceOf(ClaimLostException.class);

    run(SECOND).claim(table());
    assertThat(claim()).isEqualTo(new MaintenanceClaim(SECOND, NOON));
    first.release(table());
    assertThat(claim()).isEqualTo(new MaintenanceClaim(SECOND, NOON));
  }

  @Test
  void makesIdsThatOutrankEveryClaimWhateverTheClockSays() throws Exception {
    String fromTheFuture =
        RunId.next(Clock.offset(Clock.systemUTC(), Duration.ofDays(1)), List.of());
    run(fromTheFuture).claim(table());
    String next = RunId.next(Clock.systemUTC(), List.of(table()));
    assertThat(next).isGreaterThan(fromTheFuture);
    run(next).claim(table());
    assertThat(claim()).isEqualTo(new MaintenanceClaim(next, NOON));
  }

  @Test
  void refusesARunWithoutAnOrder() {
    assertThatThrownBy(() -> run("nightly"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Maintenance run: nightly (expected: a ULID)");
  }

  @Test
  void commitsFromManyThreadsBesideIngest() throws Exception {
    FencedCommit shared = run(FIRST);
    FencedCommit other = run(FIRST);
    Set<String> expected = new TreeSet<>();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        String name = "f" + i;
        expected.add(name);
        FencedCommit commit = i % 2 == 0 ? shared : other;
        done.add(
            threads.submit(
                () ->
                    name.hashCode() % 3 == 0
                        ? ingest(name)
                        : commit.commit(table(), append(name))));
      }

      for (Future<?> future : done) {
        future.get();
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(files()).containsExactlyElementsOf(expected);
  }

  private Outcome ingest(String name) {
    Table table = table();
    table.newAppend().appendFile(file(name)).commit();
    return Outcome.COMMITTED;
  }

  private FencedCommit run(String run) {
    return new FencedCommit(run, QUICK, Clock.fixed(NOON, ZoneOffset.UTC));
  }

  private void commitQuietly(String run, Consumer<Transaction> change) {
    try {
      run(run).commit(table(), change);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void deleteFileA() {
    table().newDelete().deleteFile("a").commit();
  }

  private static Consumer<Transaction> append(String name) {
    return transaction -> transaction.newAppend().appendFile(file(name)).commit();
  }

  private static Consumer<Transaction> setProperty(String value) {
    return transaction -> transaction.updateProperties().set("test.value", value).commit();
  }

  private static Consumer<Transaction> replace(String old, String name) {
    return transaction ->
        transaction.newRewrite().rewriteFiles(Set.of(file(old)), Set.of(file(name))).commit();
  }

  private FaultyOperations faulty(Fault... faults) {
    return new FaultyOperations(
        operations(), (base, metadata) -> deliverLate(operations(), base, metadata), faults);
  }

  private Table over(TableOperations operations) {
    return new BaseTable(operations, table().name());
  }

  private TableOperations operations() {
    return ((HasTableOperations) table()).operations();
  }

  private Table table() {
    return catalog.iceberg().loadTable(catalog.identifier(ProfilesTable.NAME));
  }

  private @Nullable MaintenanceClaim claim() {
    return MaintenanceClaim.find(table());
  }

  private Set<String> files() {
    return new TreeSet<>(filesWithDuplicates());
  }

  private List<String> filesWithDuplicates() {
    return filesOf(table());
  }

  private static List<String> filesOf(Table table) {
    List<String> names = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      tasks.forEach(task -> names.add(task.file().location()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return names;
  }

  /** A file of which only the name matters. */
  private static DataFile file(String name) {
    PartitionData partition = new PartitionData(ProfilesTable.SPEC.partitionType());
    partition.set(0, "t");
    partition.set(1, 490_000);
    return DataFiles.builder(ProfilesTable.SPEC)
        .withPath(name)
        .withFormat("parquet")
        .withFileSizeInBytes(1)
        .withRecordCount(1)
        .withPartition(partition)
        .build();
  }
}
