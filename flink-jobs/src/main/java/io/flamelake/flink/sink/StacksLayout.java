/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static java.util.Comparator.comparing;

import io.flamelake.catalog.StacksTable;
import io.flamelake.flink.sink.StackTableRow.Unsymbolized;
import java.util.Arrays;
import java.util.Comparator;

/** Layout of table {@code stacks}: in the order of functions, so that neighbours share prefixes. */
public final class StacksLayout implements RowLayout<StackTableRow> {

  private static final long serialVersionUID = 1L;

  private static final long ROW_OVERHEAD = 160;

  /** A frame's slots in the arrays, and its share of strings that other rows use too. */
  private static final long FRAME_BYTES = 32;

  private static final Comparator<StackTableRow> ORDER =
      comparing(StackTableRow::serviceName)
          .thenComparing(StackTableRow::functions, Arrays::compare);

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
  public Comparator<StackTableRow> order() {
    return ORDER;
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
}
