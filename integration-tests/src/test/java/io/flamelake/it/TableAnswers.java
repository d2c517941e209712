/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a reader of the tables answered to {@link TableQuestions}.
 *
 * @param totals by tenant and profile type with a space between
 * @param stacks by the functions, root first, with semicolons between
 * @param topFunctions the first is the one with the most of its own, equal ones by name
 */
record TableAnswers(
    SortedMap<String, Long> totals, SortedMap<String, Long> stacks, List<Row> topFunctions) {

  /** A line of an answer. */
  record Row(String name, long value) {}

  /** Makes an answer of the rows to the three questions. */
  static TableAnswers of(List<Row> totals, List<Row> stacks, List<Row> topFunctions) {
    return new TableAnswers(byName(totals), byName(stacks), List.copyOf(topFunctions));
  }

  /** Makes an answer of sums, of which the stacks tell the top functions. */
  static TableAnswers of(SortedMap<String, Long> totals, SortedMap<String, Long> stacks) {
    Map<String, Long> self = new TreeMap<>();
    stacks.forEach(
        (stack, value) ->
            self.merge(stack.substring(stack.lastIndexOf(';') + 1), value, Long::sum));
    return new TableAnswers(totals, stacks, top(self));
  }

  /** The functions with the largest values, those of equal value by name. */
  static List<Row> top(Map<String, Long> self) {
    List<Row> rows = new ArrayList<>();
    self.forEach((name, value) -> rows.add(new Row(name, value)));
    rows.sort(Comparator.comparingLong(Row::value).reversed().thenComparing(Row::name));
    return rows.subList(0, Math.min(TableQuestions.TOP, rows.size()));
  }

  private static SortedMap<String, Long> byName(List<Row> rows) {
    SortedMap<String, Long> byName = new TreeMap<>();
    for (Row row : rows) {
      if (byName.put(row.name(), row.value()) != null) {
        throw new AssertionError("Answered twice: " + row.name());
      }
    }

    return byName;
  }
}
