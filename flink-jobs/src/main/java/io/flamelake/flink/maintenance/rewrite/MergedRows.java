/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import io.flamelake.flink.sink.RowLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Merges rows that each source gives in the layout's order; of rows that repeat each other only the
 * first one is passed on. Holds one row of each source.
 */
final class MergedRows<R> implements RowSource<R> {

  private final RowLayout<R> layout;
  private final List<RowSource<R>> sources;
  private final PriorityQueue<Head<R>> heads;
  private @Nullable R last;
  private long rowsRead;

  /** Takes over the sources: they are closed with this, also when it fails here. */
  static <R> MergedRows<R> of(RowLayout<R> layout, List<RowSource<R>> sources) throws IOException {
    MergedRows<R> merged = new MergedRows<>(layout, sources);
    try {
      for (int i = 0; i < sources.size(); i++) {
        merged.advance(new Head<>(sources.get(i), i));
      }
    } catch (IOException | RuntimeException e) {
      merged.close();
      throw e;
    }

    return merged;
  }

  private MergedRows(RowLayout<R> layout, List<RowSource<R>> sources) {
    this.layout = layout;
    this.sources = new ArrayList<>(sources);
    // Equal rows in order of their sources, so that a merge gives the same each time.
    Comparator<Head<R>> order = Comparator.comparing(Head::row, layout.order());
    this.heads = new PriorityQueue<>(order.thenComparingInt(head -> head.index));
  }

  /** Returns how many rows were taken from the sources, with those that were left out. */
  long rowsRead() {
    return rowsRead;
  }

  @Override
  public @Nullable R next() throws IOException {
    for (Head<R> head = heads.poll(); head != null; head = heads.poll()) {
      R row = head.row();
      rowsRead++;
      advance(head);
      R before = last;
      if (before == null || !layout.repeats(row, before)) {
        last = row;
        return row;
      }
    }

    return null;
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (RowSource<R> source : sources) {
      try {
        source.close();
      } catch (IOException e) {
        failure = e;
      }
    }

    if (failure != null) {
      throw failure;
    }
  }

  private void advance(Head<R> head) throws IOException {
    R row = head.source.next();
    if (row != null) {
      head.set(row);
      heads.add(head);
    }
  }

  private static final class Head<R> {

    private final RowSource<R> source;
    private final int index;
    private @Nullable R row;

    private Head(RowSource<R> source, int index) {
      this.source = source;
      this.index = index;
    }

    private void set(R next) {
      this.row = next;
    }

    private R row() {
      R current = row;
      if (current == null) {
        throw new IllegalStateException("No row of source " + index);
      }

      return current;
    }
  }
}
