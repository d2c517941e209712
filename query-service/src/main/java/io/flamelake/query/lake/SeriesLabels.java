/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.catalog.ProfilesTable;
import io.flamelake.model.Label;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.query.cache.WeightedCache;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.io.api.Binary;

/**
 * Label sets by series id, kept between queries. The id is a hash of the labels, so the map column
 * is decoded for one row of each series and never again.
 */
final class SeriesLabels {
  private static final int BYTES_PER_SERIES = 120;
  private static final int BYTES_PER_LABEL = 120;

  private final WeightedCache<Key, LabelSet> cache;

  private record Key(TenantId tenant, long seriesId) {}

  SeriesLabels(long maxBytes) {
    this.cache = new WeightedCache<>(maxBytes, SeriesLabels::weigh);
  }

  private static long weigh(LabelSet labels) {
    long chars = 0;
    for (Label label : labels.labels()) {
      chars += label.name().length() + label.value().length();
    }

    return BYTES_PER_SERIES + (long) BYTES_PER_LABEL * labels.size() + chars;
  }

  /** Adds the label sets of all series of the rows to {@code labels}, as far as missing there. */
  void resolve(
      TenantId tenant,
      RowGroupReader reader,
      RowSelection rows,
      Long2ObjectOpenHashMap<LabelSet> labels)
      throws IOException {
    List<Integer> unknown = new ArrayList<>();
    LongOpenHashSet missing = new LongOpenHashSet();
    for (int i = 0; i < rows.size(); i++) {
      long seriesId = rows.seriesId(i);
      if (labels.containsKey(seriesId) || missing.contains(seriesId)) {
        continue;
      }

      LabelSet cached = cache.find(new Key(tenant, seriesId));
      if (cached != null) {
        labels.put(seriesId, cached);
      } else {
        missing.add(seriesId);
        unknown.add(i);
      }
    }

    if (unknown.isEmpty()) {
      return;
    }

    LabelColumn column = new LabelColumn(reader, ProfilesTable.LABELS);
    for (int position : unknown) {
      LabelSet read = column.read(rows.row(position));
      labels.put(rows.seriesId(position), read);
      cache.add(new Key(tenant, rows.seriesId(position)), read);
    }
  }

  /** Reads label sets from a map column. */
  static final class LabelColumn {
    private final ColumnCursor names;
    private final ColumnCursor values;

    LabelColumn(RowGroupReader reader, String column) throws IOException {
      this.names = reader.cursor(column, 0, ColumnCursor.Nulls.REFUSED);
      this.values = reader.cursor(column, 1, ColumnCursor.Nulls.REFUSED);
    }

    /**
     * @param row not before the row of the last call
     */
    LabelSet read(int row) throws IOException {
      names.seek(row);
      values.seek(row);
      int size = names.to() - names.from();
      if (values.to() - values.from() != size) {
        throw new IOException("Map with " + size + " keys and other values in row " + row);
      }

      List<Label> labels = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        labels.add(new Label(string(names, names.from() + i), string(values, values.from() + i)));
      }

      return LabelSet.of(labels);
    }

    private static String string(ColumnCursor cursor, int position) throws IOException {
      Binary value = cursor.binaryAt(position);
      if (value == null) {
        throw new IOException("Null in a label");
      }

      return value.toStringUsingUTF8();
    }
  }
}
