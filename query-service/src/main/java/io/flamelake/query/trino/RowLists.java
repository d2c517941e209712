/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;

/** Reads columns that hold lists; a list that is null has no elements. */
final class RowLists {
  private RowLists() {}

  static String[] strings(ResultSet row, int column) throws SQLException {
    Object[] elements = elements(row, column);
    return Arrays.copyOf(elements, elements.length, String[].class);
  }

  static int[] ints(ResultSet row, int column) throws SQLException {
    Object[] elements = elements(row, column);
    int[] numbers = new int[elements.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = ((Number) elements[i]).intValue();
    }

    return numbers;
  }

  static long[] longs(ResultSet row, int column) throws SQLException {
    Object[] elements = elements(row, column);
    long[] numbers = new long[elements.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = ((Number) elements[i]).longValue();
    }

    return numbers;
  }

  private static Object[] elements(ResultSet row, int column) throws SQLException {
    Array array = row.getArray(column);
    return array == null ? new Object[0] : (Object[]) array.getArray();
  }
}
