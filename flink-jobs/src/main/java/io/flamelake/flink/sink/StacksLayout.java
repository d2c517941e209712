/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static java.util.Comparator.comparing;
import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.StacksTable;
import io.flamelake.flink.sink.StackTableRow.Unsymbolized;
import java.util.Arrays;
import java.util.Comparator;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Layout of table {@code stacks}: in the order of functions, so that neighbours share prefixes; by
 * id after that, so that equal rows are neighbours.
 */
public final class StacksLayout implements RowLayout<StackTableRow> {

  private static final long serialVersionUID = 1L;

  private static final long ROW_OVERHEAD = 160;

  /** A frame's slots in the arrays, and its share of strings that other rows use too. */
  private static final long FRAME_BYTES = 32;

  private static final Comparator<StackTableRow> ORDER =
      comparing(StackTableRow::serviceName)
          .thenComparing(StackTableRow::functions, Arrays::compare)
          .thenComparingLong(StackTableRow::stackId);

  @Override
  public LakeTable table() {
    return LakeTable.STACKS;
  }

  @Override
  public String tenant(StackTableRow row) {
    return row.tenant();
  }

  @Override
  public int period(StackTableRow row) {
    return row.day();
  }

  @Override
  public Schema schema() {
    return StacksTable.SCHEMA;
  }

  @Override
  public Comparator<StackTableRow> order() {
    return ORDER;
  }

  @Override
  public String orderName() {
    return "service_name,functions,stack_id";
  }

  @Override
  public boolean repeats(StackTableRow row, StackTableRow previous) {
    return row.stackId() == previous.stackId() && row.serviceName().equals(previous.serviceName());
  }

  @Override
  public long memoryBytes(StackTableRow row) {
    return ROW_OVERHEAD + FRAME_BYTES * row.functions().length;
  }

  @Override
  public void write(StackTableRow row, ParquetRow out) {
    out.putString(StacksTable.TENANT, row.tenant());
    out.putInt(StacksTable.DAY, row.day());
    out.putString(StacksTable.SERVICE_NAME, row.serviceName());
    out.putLong(StacksTable.STACK_ID, row.stackId());
    out.putStrings(StacksTable.FUNCTIONS, row.functions());
    out.putInts(StacksTable.LINES, row.lines());
    out.putStrings(StacksTable.FILES, row.files());
    Unsymbolized unsymbolized = row.unsymbolized();
    if (unsymbolized != null) {
      out.putStrings(StacksTable.MAPPINGS, unsymbolized.mappings());
      out.putStrings(StacksTable.BUILD_IDS, unsymbolized.buildIds());
      out.putLongs(StacksTable.ADDRESSES, unsymbolized.addresses());
    }
  }

  @Override
  public StackTableRow read(ReadRow in) {
    return new StackTableRow(
        in.string(StacksTable.TENANT),
        in.intValue(StacksTable.DAY),
        in.string(StacksTable.SERVICE_NAME),
        in.longValue(StacksTable.STACK_ID),
        in.strings(StacksTable.FUNCTIONS),
        in.ints(StacksTable.LINES),
        in.strings(StacksTable.FILES),
        readUnsymbolized(in));
  }

  private static @Nullable Unsymbolized readUnsymbolized(ReadRow in) {
    String[] mappings = in.findStrings(StacksTable.MAPPINGS);
    String[] buildIds = in.findStrings(StacksTable.BUILD_IDS);
    long[] addresses = in.findLongs(StacksTable.ADDRESSES);
    if (mappings == null && buildIds == null && addresses == null) {
      return null;
    }

    return new Unsymbolized(
        requireNonNull(mappings, StacksTable.MAPPINGS),
        requireNonNull(buildIds, StacksTable.BUILD_IDS),
        requireNonNull(addresses, StacksTable.ADDRESSES));
  }
}
