/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.LakeTables;
import io.flamelake.catalog.ProfilesTable;
import io.flamelake.catalog.StacksTable;
import io.flamelake.flink.maintenance.rollup.RowFiles.RowConsumer;
import io.flamelake.flink.sink.FlameTableRow;
import io.flamelake.flink.sink.ProfileTableRow;
import io.flamelake.flink.sink.ProfilesLayout;
import io.flamelake.flink.sink.StackTableRow;
import io.flamelake.flink.sink.StacksLayout;
import io.flamelake.model.flamegraph.PreorderTree;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.apache.iceberg.DataFile;
import org.jspecify.annotations.Nullable;

/**
 * Makes the trees of some hours of one tenant and day from profiles and stacks.
 *
 * <p>Memory is bounded: samples are summed for as many services, in order of their names, as fit,
 * and the hours' files are read again for the others. One tree has to fit alone, with its stacks
 * and its nodes.
 */
final class HourTrees {

  /** What a node of a growing tree takes, with its entry in a hash map that is half full. */
  private static final long BYTES_PER_NODE = 128;

  private final RowFiles<ProfileTableRow> profiles;
  private final RowFiles<StackTableRow> stacks;
  private final String tenant;
  private final SortedMap<Integer, HourInput> hours;
  private final long maxBytes;
  private final StackFiles stackFiles;

  /**
   * @param hours that have profiles
   * @param maxBytes about how much memory sums and trees take, each
   */
  HourTrees(
      LakeTables tables, String tenant, int day, SortedMap<Integer, HourInput> hours, long maxBytes)
      throws IOException {
    this.profiles =
        new RowFiles<>(
            tables.profiles(),
            new ProfilesLayout(),
            Set.of(
                ProfilesTable.PROFILE_TYPE,
                ProfilesTable.SERVICE_NAME,
                ProfilesTable.STACK_IDS,
                ProfilesTable.VALUES));
    this.stacks =
        new RowFiles<>(
            tables.stacks(),
            new StacksLayout(),
            Set.of(StacksTable.SERVICE_NAME, StacksTable.STACK_ID, StacksTable.FUNCTIONS));
    this.tenant = tenant;
    this.hours = hours;
    this.maxBytes = maxBytes;
    this.stackFiles = StackFiles.read(tables.stacks(), tenant, day);
  }

  /**
   * Hands out the rows of all hours, ordered by service, type and hour.
   *
   * @throws UnmadeHoursException if some hours cannot be made; rows of them may be out already
   */
  void make(RowConsumer<FlameTableRow> rows) throws Exception {
    long batchBytes = maxBytes;
    SampleKey from = null;
    boolean isLast = false;
    while (!isLast) {
      SampleBatch batch = sum(batchBytes, from);
      BatchTrees trees = resolve(batch);
      if (trees.isTooLarge() && batch.totals().size() > 1) {
        batchBytes /= 2;
      } else {
        trees.finish(this::row, rows);
        from = batch.end();
        isLast = from == null;
      }
    }
  }

  private SampleBatch sum(long batchBytes, @Nullable SampleKey from) throws Exception {
    SampleBatch batch = new SampleBatch(batchBytes, maxBytes, from);
    for (Map.Entry<Integer, HourInput> hour : hours.entrySet()) {
      int number = hour.getKey();
      for (DataFile file : hour.getValue().files()) {
        profiles.forEach(
            file,
            row ->
                batch.add(
                    number, row.serviceName(), row.profileType(), row.stackIds(), row.values()));
      }
    }

    return batch;
  }

  private BatchTrees resolve(SampleBatch batch) throws Exception {
    BatchTrees trees = new BatchTrees(batch, maxBytes / BYTES_PER_NODE);
    for (DataFile file : stackFiles.of(trees.serviceNames())) {
      stacks.forEach(file, trees::add);
    }

    return trees;
  }

  private FlameTableRow row(SampleKey key, StackTotals totals, PreorderTree tree) {
    return new FlameTableRow(
        tenant,
        key.profileType(),
        key.serviceName(),
        FlamePeriod.HOUR.startMicros(key.hour()),
        totals.profiles(),
        totals.samples(),
        tree,
        requireNonNull(hours.get(key.hour())).version());
  }
}
