/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/**
 * The values of a flat string column at the selected rows, as codes: equal strings have equal
 * codes. One {@link String} is made for each distinct value, not for each row.
 */
final class StringColumn {
  private final int[] codes;
  private final List<String> values;

  private StringColumn(int[] codes, List<String> values) {
    this.codes = codes;
    this.values = values;
  }

  static StringColumn read(ColumnCursor cursor, RowSelection rows) throws IOException {
    int[] codes = new int[rows.size()];
    Map<Binary, Integer> codeOf = new HashMap<>();
    List<String> values = new ArrayList<>();
    int[] dictionaryCodes = new int[cursor.dictionarySize()];
    Arrays.fill(dictionaryCodes, -1);
    @Nullable Binary lastValue = null;
    int lastCode = -1;
    for (int i = 0; i < codes.length; i++) {
      cursor.seek(rows.row(i));
      int position = cursor.from();
      if (cursor.isDictionary()) {
        int index = cursor.indexes()[position];
        if (dictionaryCodes[index] < 0) {
          dictionaryCodes[index] = code(cursor.dictionaryBinaries()[index], codeOf, values);
        }

        codes[i] = dictionaryCodes[index];
      } else {
        Binary value = cursor.binaryAt(position);
        if (value == null) {
          throw new IOException("Null in a required string column");
        }

        if (lastValue == null || !value.equals(lastValue)) {
          lastCode = code(value, codeOf, values);
          lastValue = value;
        }

        codes[i] = lastCode;
      }
    }

    return new StringColumn(codes, values);
  }

  private static int code(Binary value, Map<Binary, Integer> codeOf, List<String> values) {
    Integer known = codeOf.get(value);
    if (known != null) {
      return known;
    }

    codeOf.put(value, values.size());
    values.add(value.toStringUsingUTF8());
    return values.size() - 1;
  }

  /** Parallel to the selection it was read for. */
  int[] codes() {
    return codes;
  }

  /** By code. */
  List<String> values() {
    return values;
  }

  /** The string of one of the rows that were read. */
  String value(int position) {
    return values.get(codes[position]);
  }

  /** By code, whether the value equals. */
  boolean[] equal(String wanted) {
    boolean[] equal = new boolean[values.size()];
    for (int code = 0; code < equal.length; code++) {
      equal[code] = values.get(code).equals(wanted);
    }

    return equal;
  }
}
