/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.flink.sink.LakeFileWriter;
import io.flamelake.flink.sink.LakeTable;
import io.flamelake.flink.sink.ProfileTableRow;
import io.flamelake.flink.sink.ProfilesLayout;
import io.flamelake.flink.sink.RandomRows;
import io.flamelake.flink.sink.RowLayout;
import io.flamelake.flink.sink.SeriesLayout;
import io.flamelake.flink.sink.SeriesTableRow;
import io.flamelake.flink.sink.StackTableRow;
import io.flamelake.flink.sink.StacksLayout;
import io.flamelake.flink.sink.WrittenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.InputFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileMergeTest {

  private static final int FILES = 9;
  private static final int ROWS = 400;
  private static final long AMPLE = 64 << 20;
  private static final long SCANT = 200_000;
  private static final long ANY_SIZE = Long.MAX_VALUE;

  @TempDir private Path directory;

  private final RandomRows random = new RandomRows(7);
  private RewriteFixture lake;

  @BeforeEach
  void openLake() throws IOException {
    lake = new RewriteFixture(directory);
  }

  @AfterEach
  void closeLake() {
    lake.close();
  }

  @Test
  void keepsEveryProfileAlsoEqualOnes() throws IOException {
    List<ProfileTableRow> rows = rows(random::profile, FILES * ROWS - 2);
    rows.add(rows.get(5));
    rows.add(rows.get(6));
    assertThat(merge(new ProfilesLayout(), rows, AMPLE, ANY_SIZE)).isZero();
    assertThat(merge(new ProfilesLayout(), rows, SCANT, ANY_SIZE)).isPositive();
    assertMerged(new ProfilesLayout(), rows, RandomRows::text);
  }

  @Test
  void dropsRepeatedStacks() throws IOException {
    List<StackTableRow> rows = rows(random::stack, FILES * ROWS / 2);
    rows.addAll(List.copyOf(rows));
    assertThat(merge(new StacksLayout(), rows, AMPLE, ANY_SIZE)).isZero();
    assertThat(merge(new StacksLayout(), rows, SCANT, ANY_SIZE)).isPositive();
    assertMerged(new StacksLayout(), rows, row -> row.serviceName() + " " + row.stackId());
  }

  @Test
  void dropsRepeatedSeries() throws IOException {
    List<SeriesTableRow> rows = rows(random::series, FILES * ROWS / 3);
    rows.addAll(List.copyOf(rows));
    rows.addAll(List.copyOf(rows.subList(0, 100)));
    merge(new SeriesLayout(), rows, AMPLE, ANY_SIZE);
    merge(new SeriesLayout(), rows, SCANT, ANY_SIZE);
    assertMerged(
        new SeriesLayout(),
        rows,
        row -> row.serviceName() + " " + row.profileType() + " " + row.seriesId());
  }

  @Test
  void beginsAnotherFileWhereOneIsFull() throws IOException {
    List<ProfileTableRow> rows = rows(random::profile, 5000);
    Table table = lake.table(new ProfilesLayout().table());
    table.updateProperties().set("write.parquet.row-group-size-bytes", "65536").commit();
    merge(new ProfilesLayout(), rows, AMPLE, 300_000);
    assertThat(written).hasSizeGreaterThan(2);
    assertThat(written.subList(0, written.size() - 1))
        .allSatisfy(file -> assertThat(file.sizeBytes()).isBetween(200_000L, 450_000L));
    assertMerged(new ProfilesLayout(), rows, RandomRows::text);
  }

  @Test
  void sharesOutBytesSoThatTheLastFileIsNotTiny() {
    assertThat(RollingFiles.fileBytes(100, 0)).isEqualTo(100);
    assertThat(RollingFiles.fileBytes(100, 140)).isEqualTo(141);
    assertThat(RollingFiles.fileBytes(100, 160)).isEqualTo(100);
    assertThat(RollingFiles.fileBytes(100, 1020)).isEqualTo(103);
  }

  private final List<WrittenFile> written = new ArrayList<>();

  /** Merges rows from files of which every third is in order; returns how much was spilled. */
  private <R> int merge(RowLayout<R> layout, List<R> rows, long memory, long fileBytes)
      throws IOException {
    Table table = lake.table(layout.table());
    List<InputFile> inputs = new ArrayList<>();
    int period = layout.period(rows.get(0));
    LakeFileWriter<R> input = new LakeFileWriter<>(table, layout, 0);
    for (int i = 0; i < FILES; i++) {
      List<R> part =
          new ArrayList<>(rows.subList(i * rows.size() / FILES, (i + 1) * rows.size() / FILES));
      if (i % 3 == 0) {
        part.sort(layout.order());
      }

      WrittenFile file = input.write(RandomRows.TENANT, period, part);
      inputs.add(table.io().newInputFile(file.location()));
    }

    FileMerge<R> merge = new FileMerge<>(table, layout, lake.temporary(), memory);
    FileMerge.Result result =
        merge.merge(
            new Partition(layout.table(), RandomRows.TENANT, period),
            inputs,
            new LakeFileWriter<>(table, layout, "sorted-test", Map.of()),
            fileBytes);
    assertThat(result.rowsRead()).isEqualTo(rows.size());
    written.clear();
    written.addAll(result.files());
    assertThat(lake.temporary()).isEmptyDirectory();
    return merge.spillCount();
  }

  private <R> void assertMerged(RowLayout<R> layout, List<R> rows, Function<R, String> identity)
      throws IOException {
    Table table = lake.table(layout.table());
    Set<String> expected = new HashSet<>();
    List<String> texts = new ArrayList<>();
    for (R row : rows) {
      boolean mayRepeat = layout.table() != LakeTable.PROFILES;
      if (expected.add(identity.apply(row)) || !mayRepeat) {
        texts.add(RandomRows.text(row));
      }
    }

    List<R> read = new ArrayList<>();
    for (WrittenFile file : written) {
      read.addAll(RewriteFixture.read(table, layout, file.location()));
    }

    assertThat(read).isSortedAccordingTo(layout.order());
    assertThat(read.stream().map(RandomRows::text).sorted())
        .containsExactlyElementsOf(texts.stream().sorted().toList());
  }

  private static <R> List<R> rows(Supplier<R> random, int count) {
    return new ArrayList<>(Stream.generate(random).limit(count).toList());
  }
}
