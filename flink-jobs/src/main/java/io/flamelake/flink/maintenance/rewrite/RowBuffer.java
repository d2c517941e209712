/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import io.flamelake.flink.sink.RowLayout;
import io.flamelake.flink.sink.StringPool;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows to be sorted, with the strings that they share. */
final class RowBuffer<R> {

  private final RowLayout<R> layout;
  private final long maxBytes;
  private final StringPool strings = new StringPool(Long.MAX_VALUE);
  private List<R> rows = new ArrayList<>();
  private long rowBytes;

  RowBuffer(RowLayout<R> layout, long maxBytes) {
    this.layout = layout;
    this.maxBytes = maxBytes;
  }

  /** Returns the pool that the strings of added rows have to come from. */
  StringPool strings() {
    return strings;
  }

  void add(R row) {
    rows.add(row);
    rowBytes += layout.memoryBytes(row);
  }

  long bytes() {
    return rowBytes + strings.bytes();
  }

  boolean isFull() {
    return bytes() >= maxBytes && !rows.isEmpty();
  }

  /** Hands the rows on, in order; the buffer is empty then. */
  RowSource<R> toSortedSource() {
    List<R> sorted = rows;
    sorted.sort(layout.order());
    rows = new ArrayList<>();
    rowBytes = 0;
    strings.clear();
    return new Rows<>(sorted.iterator());
  }

  private static final class Rows<R> implements RowSource<R> {

    private final Iterator<R> rows;

    private Rows(Iterator<R> rows) {
      this.rows = rows;
    }

    @Override
    public @Nullable R next() {
      return rows.hasNext() ? rows.next() : null;
    }

    @Override
    public void close() {}
  }
}
