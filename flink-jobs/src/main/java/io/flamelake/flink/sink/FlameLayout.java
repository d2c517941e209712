/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static java.util.Comparator.comparing;

import io.flamelake.catalog.FlameTable;
import io.flamelake.catalog.PartitionVersion;
import io.flamelake.model.flamegraph.PreorderTree;
import java.util.Comparator;
import org.apache.iceberg.Schema;

/** Layout of the roll-up tables: the trees of one type and service side by side, in time order. */
public final class FlameLayout implements RowLayout<FlameTableRow> {

  public static final FlameLayout HOURLY = new FlameLayout(LakeTable.FLAME_1H);
  public static final FlameLayout DAILY = new FlameLayout(LakeTable.FLAME_1D);

  private static final long serialVersionUID = 1L;

  private static final long MICROS_PER_DAY = 86_400_000_000L;
  private static final long ROW_OVERHEAD = 256;
  private static final long NODE_BYTES = 2 * Integer.BYTES + Long.BYTES;
  private static final long NAME_OVERHEAD = 56;

  private static final Comparator<FlameTableRow> ORDER =
      comparing(FlameTableRow::profileType)
          .thenComparing(FlameTableRow::serviceName)
          .thenComparingLong(FlameTableRow::timeMicros);

  private final LakeTable table;

  private FlameLayout(LakeTable table) {
    this.table = table;
  }

  @Override
  public LakeTable table() {
    return table;
  }

  @Override
  public String tenant(FlameTableRow row) {
    return row.tenant();
  }

  @Override
  public int period(FlameTableRow row) {
    return Math.toIntExact(Math.floorDiv(row.timeMicros(), MICROS_PER_DAY));
  }

  @Override
  public Schema schema() {
    return FlameTable.SCHEMA;
  }

  @Override
  public Comparator<FlameTableRow> order() {
    return ORDER;
  }

  @Override
  public String orderName() {
    return "profile_type,service_name,ts";
  }

  @Override
  public boolean repeats(FlameTableRow row, FlameTableRow previous) {
    return false;
  }

  @Override
  public long memoryBytes(FlameTableRow row) {
    long bytes = ROW_OVERHEAD + NODE_BYTES * row.tree().self().length;
    for (String name : row.tree().names()) {
      bytes += NAME_OVERHEAD + name.length();
    }

    return bytes;
  }

  @Override
  public void write(FlameTableRow row, ParquetRow out) {
    PreorderTree tree = row.tree();
    out.putString(FlameTable.TENANT, row.tenant());
    out.putString(FlameTable.PROFILE_TYPE, row.profileType());
    out.putString(FlameTable.SERVICE_NAME, row.serviceName());
    out.putLong(FlameTable.TS, row.timeMicros());
    out.putLong(FlameTable.TOTAL_VALUE, tree.total());
    out.putLong(FlameTable.PROFILES, row.profiles());
    out.putLong(FlameTable.SAMPLES, row.samples());
    out.putStrings(FlameTable.NAMES, tree.names());
    out.putInts(FlameTable.PARENTS, tree.parents());
    out.putInts(FlameTable.FUNCTIONS, tree.functions());
    out.putLongs(FlameTable.SELF, tree.self());
    out.putLong(FlameTable.COVERED_SEQUENCE, row.covered().sequence());
    out.putLong(FlameTable.COVERED_ROWS, row.covered().rows());
  }

  /** Without all columns of the tree its lists do not fit together: ask for all or none of them. */
  @Override
  public FlameTableRow read(ReadRow in) {
    PreorderTree tree =
        new PreorderTree(
            in.strings(FlameTable.NAMES),
            in.ints(FlameTable.PARENTS),
            in.ints(FlameTable.FUNCTIONS),
            in.longs(FlameTable.SELF),
            in.longValue(FlameTable.TOTAL_VALUE));
    return new FlameTableRow(
        in.string(FlameTable.TENANT),
        in.string(FlameTable.PROFILE_TYPE),
        in.string(FlameTable.SERVICE_NAME),
        in.longValue(FlameTable.TS),
        in.longValue(FlameTable.PROFILES),
        in.longValue(FlameTable.SAMPLES),
        tree,
        new PartitionVersion(
            in.longValue(FlameTable.COVERED_SEQUENCE), in.longValue(FlameTable.COVERED_ROWS)));
  }
}
