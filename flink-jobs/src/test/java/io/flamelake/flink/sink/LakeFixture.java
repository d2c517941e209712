/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.LaneRanges;
import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.flink.IcebergRows;
import io.flamelake.model.LabelSet;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.data.Record;

/** A catalog with file sets whose rows are numbered. */
final class LakeFixture implements AutoCloseable {

  static final String LANE = "01J00000000000000000000001";
  static final CommitRetry QUICK =
      new CommitRetry(Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofSeconds(10));

  private final LakeCatalog catalog;

  LakeFixture(CatalogConfig config) {
    this.catalog = LakeCatalog.open(config);
    catalog.tables();
  }

  Table table(LakeTable table) {
    return catalog.iceberg().loadTable(catalog.identifier(table.tableName()));
  }

  TableOperations operations(LakeTable table) {
    return ((HasTableOperations) table(table)).operations();
  }

  /** A set of the segments after {@code from} up to {@code to}, with one row of each table. */
  PendingFileSet fileSet(long from, long to) throws IOException {
    List<WrittenFile> files = new ArrayList<>();
    files.add(
        new LakeFileWriter<>(table(LakeTable.PROFILES), new ProfilesLayout(), 0)
            .write("t", 0, List.of(profile(to))));
    files.add(
        new LakeFileWriter<>(table(LakeTable.STACKS), new StacksLayout(), 0)
            .write("t", 0, List.of(stack(to))));
    LaneRanges ranges = LaneRanges.of(Map.of(LANE, new LaneRanges.Range(from, to)));
    return new PendingFileSet(
        to, UUID.randomUUID(), new FileSet(ranges, FileSet.NO_PROFILE, files));
  }

  /** A set of segments without any row. */
  PendingFileSet emptySet(long from, long to) {
    LaneRanges ranges = LaneRanges.of(Map.of(LANE, new LaneRanges.Range(from, to)));
    return new PendingFileSet(to, UUID.randomUUID(), FileSet.ofRanges(ranges, FileSet.NO_PROFILE));
  }

  static ProfileTableRow profile(long number) {
    return new ProfileTableRow(
        "t",
        "cpu:cpu:ns:cpu:ns",
        "s",
        number,
        1,
        1,
        1,
        LabelSet.of("service_name", "s"),
        number,
        new long[] {number},
        new long[] {number},
        null,
        null,
        new UUID(0, number));
  }

  static StackTableRow stack(long number) {
    return new StackTableRow(
        "t", 0, "s", number, new String[] {"f"}, new int[] {1}, new String[] {"a.go"}, null);
  }

  /** The numbers of the profiles in the table, in ascending order. */
  List<Long> profiles() {
    return numbers(LakeTable.PROFILES, "total_value");
  }

  List<Long> stacks() {
    return numbers(LakeTable.STACKS, "stack_id");
  }

  long watermark(LakeTable table) {
    return LaneWatermarks.of(table(table)).sequence(LANE);
  }

  @Override
  public void close() {
    catalog.close();
  }

  private List<Long> numbers(LakeTable table, String column) {
    List<Long> numbers = new ArrayList<>();
    for (Record row : IcebergRows.read(table(table))) {
      numbers.add((Long) row.getField(column));
    }

    numbers.sort(null);
    return numbers;
  }
}
