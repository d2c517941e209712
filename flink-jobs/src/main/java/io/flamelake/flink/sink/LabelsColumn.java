/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import io.flamelake.model.LabelSet;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.types.Types;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** A map of strings; equal maps become one object. */
final class LabelsColumn extends ColumnReader {

  private static final int MAX_KNOWN = 10_000;

  private final ColumnValues names;
  private final ColumnValues values;
  private final Map<List<String>, LabelSet> known = new HashMap<>();
  private boolean present;

  LabelsColumn(String column, Type fileType, StringPool strings) {
    super(column);
    this.names = ColumnValues.of(column, Types.StringType.get(), strings);
    this.values = ColumnValues.of(column, Types.StringType.get(), strings);
    if (fileType.isPrimitive() || fileType.asGroupType().getFieldCount() != 1) {
      throw unreadable(fileType);
    }

    Type entry = fileType.asGroupType().getType(0);
    if (entry.isPrimitive() || entry.asGroupType().getFieldCount() != 2) {
      throw unreadable(fileType);
    }

    GroupType pair = entry.asGroupType();
    checkReadable(fileType, pair.getType(0), names);
    checkReadable(fileType, pair.getType(1), values);
  }

  @Override
  Converter converter() {
    return new Outer(new Pair());
  }

  @Override
  void clear() {
    present = false;
    names.clear();
    values.clear();
  }

  @Override
  @Nullable LabelSet labels() {
    if (!present) {
      return null;
    }

    String[] namesAndValues = new String[2 * names.size()];
    for (int i = 0; i < names.size(); i++) {
      namesAndValues[2 * i] = names.stringAt(i);
      namesAndValues[2 * i + 1] = values.stringAt(i);
    }

    if (known.size() == MAX_KNOWN) {
      known.clear();
    }

    return known.computeIfAbsent(Arrays.asList(namesAndValues), key -> LabelSet.of(namesAndValues));
  }

  private final class Outer extends GroupConverter {

    private final Converter pair;

    private Outer(Converter pair) {
      this.pair = pair;
    }

    @Override
    public Converter getConverter(int fieldIndex) {
      return pair;
    }

    @Override
    public void start() {
      present = true;
    }

    @Override
    public void end() {}
  }

  private final class Pair extends GroupConverter {

    private int sizeBefore;

    @Override
    public Converter getConverter(int fieldIndex) {
      return fieldIndex == 0 ? names : values;
    }

    @Override
    public void start() {
      sizeBefore = names.size();
    }

    @Override
    public void end() {
      if (names.size() == sizeBefore || values.size() == sizeBefore) {
        throw new IllegalArgumentException("Column " + column() + " has a null in a map");
      }
    }
  }
}
