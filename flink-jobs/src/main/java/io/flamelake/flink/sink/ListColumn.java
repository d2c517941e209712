/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * A list of primitives, in three levels as Iceberg and Trino write it, whatever the inner ones are
 * called, or in the two levels of old writers.
 */
final class ListColumn extends ColumnReader {

  private final ColumnValues elements;
  private final Converter inner;
  private boolean present;

  ListColumn(String column, Type fileType, ColumnValues elements) {
    super(column);
    this.elements = elements;
    Type repeated = onlyField(fileType, fileType);
    if (!repeated.isRepetition(Type.Repetition.REPEATED)) {
      throw unreadable(fileType);
    }

    if (repeated.isPrimitive()) {
      checkReadable(fileType, repeated, elements);
      this.inner = elements;
    } else {
      checkReadable(fileType, onlyField(fileType, repeated), elements);
      this.inner = new Entry();
    }
  }

  @Override
  Converter converter() {
    return new Outer();
  }

  @Override
  void clear() {
    present = false;
    elements.clear();
  }

  @Override
  long @Nullable [] findLongs() {
    return present ? elements.toLongs() : null;
  }

  @Override
  int @Nullable [] findInts() {
    return present ? elements.toInts() : null;
  }

  @Override
  String @Nullable [] findStrings() {
    return present ? elements.toStrings() : null;
  }

  private Type onlyField(Type fileType, Type group) {
    if (group.isPrimitive() || group.asGroupType().getFieldCount() != 1) {
      throw unreadable(fileType);
    }

    GroupType fields = group.asGroupType();
    return fields.getType(0);
  }

  private final class Outer extends GroupConverter {

    @Override
    public Converter getConverter(int fieldIndex) {
      return inner;
    }

    @Override
    public void start() {
      present = true;
    }

    @Override
    public void end() {}
  }

  /** The middle level: without an element it is a null, which would shift the lists beside it. */
  private final class Entry extends GroupConverter {

    private int sizeBefore;

    @Override
    public Converter getConverter(int fieldIndex) {
      return elements;
    }

    @Override
    public void start() {
      sizeBefore = elements.size();
    }

    @Override
    public void end() {
      if (elements.size() == sizeBefore) {
        throw new IllegalArgumentException("Column " + column() + " has a null in a list");
      }
    }
  }
}
