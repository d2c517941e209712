/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;
import org.junit.jupiter.api.Test;

class SampleArrangementTest {

  private static final int STACKS = 60;

  private final RandomRows rows = new RandomRows(5);
  private final Random random = new Random(5);

  @Test
  void keepsEverySampleAsItIs() {
    SampleArrangement arrangement = new SampleArrangement();
    for (int i = 0; i < 300; i++) {
      ProfileTableRow row = withFewStacks(rows.profile());
      List<String> expected = samples(row);
      ProfileTableRow arranged = arrangement.apply(row);

      assertThat(samples(arranged)).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(arranged)
          .usingRecursiveComparison(
              RecursiveComparisonConfiguration.builder()
                  .withIgnoredFields("stackIds", "values", "spanIds", "traceIds")
                  .build())
          .isEqualTo(row);
    }
  }

  @Test
  void putsStacksInTheOrderInWhichTheyWereFirstSeen() {
    SampleArrangement arrangement = new SampleArrangement();
    List<Long> seen = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      ProfileTableRow row = withFewStacks(rows.profile());
      for (long id : row.stackIds()) {
        if (!seen.contains(id)) {
          seen.add(id);
        }
      }

      long[] expected =
          Arrays.stream(row.stackIds())
              .boxed()
              .sorted((a, b) -> Integer.compare(seen.indexOf(a), seen.indexOf(b)))
              .mapToLong(Long::longValue)
              .toArray();

      assertThat(arrangement.apply(row).stackIds()).isEqualTo(expected);
    }
  }

  /** Stacks that many rows have, some twice in a row as where spans differ. */
  private ProfileTableRow withFewStacks(ProfileTableRow row) {
    long[] ids = random.longs(row.stackIds().length, 0, STACKS).sorted().toArray();
    return row.withSamples(ids, row.values(), row.spanIds(), row.traceIds());
  }

  private static List<String> samples(ProfileTableRow row) {
    List<String> samples = new ArrayList<>();
    long[] spans = row.spanIds();
    long[] traces = row.traceIds();
    for (int i = 0; i < row.stackIds().length; i++) {
      samples.add(
          row.stackIds()[i]
              + " "
              + row.values()[i]
              + (spans == null ? "" : " span " + spans[i])
              + (traces == null ? "" : " trace " + traces[2 * i] + traces[2 * i + 1]));
    }

    return samples;
  }
}
