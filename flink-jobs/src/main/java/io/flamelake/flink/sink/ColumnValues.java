/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static java.util.Objects.requireNonNull;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.iceberg.types.Type;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/**
 * The primitive values of one column in one row, in an array that grows and is used again for each
 * row.
 */
abstract class ColumnValues extends PrimitiveConverter {

  private static final int INITIAL_SIZE = 64;

  private int size;

  static ColumnValues of(String column, Type type, StringPool strings) {
    return switch (type.typeId()) {
      case LONG, TIMESTAMP -> new Longs(INT64);
      case INTEGER, DATE -> new Longs(INT32);
      case STRING -> new Strings(strings);
      case UUID, FIXED -> new WideIds();
      default ->
          throw new UnsupportedOperationException("Column " + column + " is of type " + type);
    };
  }

  final int size() {
    return size;
  }

  final void clear() {
    size = 0;
  }

  final int next() {
    return size++;
  }

  /** Says whether a file may hold the values like that. */
  abstract boolean canRead(PrimitiveType fileType);

  long longAt(int index) {
    throw new IllegalStateException("No longs: " + getClass().getSimpleName());
  }

  String stringAt(int index) {
    throw new IllegalStateException("No strings: " + getClass().getSimpleName());
  }

  long[] toLongs() {
    throw new IllegalStateException("No longs: " + getClass().getSimpleName());
  }

  int[] toInts() {
    throw new IllegalStateException("No integers: " + getClass().getSimpleName());
  }

  String[] toStrings() {
    throw new IllegalStateException("No strings: " + getClass().getSimpleName());
  }

  /** Whole numbers of either width: a 32-bit one is widened. */
  private static final class Longs extends ColumnValues {

    private final PrimitiveTypeName widest;
    private long[] values = new long[INITIAL_SIZE];

    private Longs(PrimitiveTypeName widest) {
      this.widest = widest;
    }

    @Override
    boolean canRead(PrimitiveType fileType) {
      PrimitiveTypeName type = fileType.getPrimitiveTypeName();
      return type == INT32 || type == widest;
    }

    @Override
    public void addLong(long value) {
      int index = next();
      if (index == values.length) {
        values = Arrays.copyOf(values, 2 * index);
      }

      values[index] = value;
    }

    @Override
    public void addInt(int value) {
      addLong(value);
    }

    @Override
    long longAt(int index) {
      return values[index];
    }

    @Override
    long[] toLongs() {
      return Arrays.copyOf(values, size());
    }

    @Override
    int[] toInts() {
      int[] ints = new int[size()];
      for (int i = 0; i < ints.length; i++) {
        ints[i] = Math.toIntExact(values[i]);
      }

      return ints;
    }
  }

  /** Strings, made once for each entry of a dictionary. */
  private static final class Strings extends ColumnValues {

    private final StringPool pool;
    private String[] values = new String[INITIAL_SIZE];
    private @Nullable String[] ofDictionary = {};
    private @Nullable Dictionary dictionary;

    private Strings(StringPool pool) {
      this.pool = pool;
    }

    @Override
    boolean canRead(PrimitiveType fileType) {
      return fileType.getPrimitiveTypeName() == BINARY;
    }

    @Override
    public boolean hasDictionarySupport() {
      return true;
    }

    @Override
    public void setDictionary(Dictionary newDictionary) {
      this.dictionary = newDictionary;
      this.ofDictionary = new String[newDictionary.getMaxId() + 1];
    }

    @Override
    public void addValueFromDictionary(int id) {
      String value = ofDictionary[id];
      if (value == null) {
        Binary bytes = requireNonNull(dictionary, "dictionary").decodeToBinary(id);
        value = pool.intern(bytes.toStringUsingUTF8());
        ofDictionary[id] = value;
      }

      add(value);
    }

    @Override
    public void addBinary(Binary value) {
      add(pool.intern(value.toStringUsingUTF8()));
    }

    private void add(String value) {
      int index = next();
      if (index == values.length) {
        values = Arrays.copyOf(values, 2 * index);
      }

      values[index] = value;
    }

    @Override
    String stringAt(int index) {
      return values[index];
    }

    @Override
    String[] toStrings() {
      return Arrays.copyOf(values, size());
    }
  }

  /** Ids of 16 bytes, as two longs each. */
  private static final class WideIds extends ColumnValues {

    private static final int LENGTH = 16;

    private long[] halves = new long[INITIAL_SIZE];

    @Override
    boolean canRead(PrimitiveType fileType) {
      return fileType.getPrimitiveTypeName() == FIXED_LEN_BYTE_ARRAY
          && fileType.getTypeLength() == LENGTH;
    }

    @Override
    public void addBinary(Binary value) {
      ByteBuffer bytes = value.toByteBuffer().duplicate().order(ByteOrder.BIG_ENDIAN);
      int index = 2 * next();
      if (index == halves.length) {
        halves = Arrays.copyOf(halves, 2 * index);
      }

      halves[index] = bytes.getLong();
      halves[index + 1] = bytes.getLong();
    }

    @Override
    long[] toLongs() {
      return Arrays.copyOf(halves, 2 * size());
    }
  }
}
