/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.normalize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CumulativeTypesTest {

  private static final LabelSet HEAP = LabelSet.of("__name__", "memory", "service_name", "cart");

  @ParameterizedTest
  @CsvSource({
    "memory, alloc_objects, true",
    "memory, alloc_space, true",
    "memory, inuse_objects, false",
    "memory, inuse_space, false",
    "mutex, contentions, true",
    "mutex, delay, true",
    "block, contentions, true",
    "block, delay, true",
    "process_cpu, cpu, false",
    "goroutine, goroutine, false",
    "other, alloc_space, false"
  })
  void knowsWhatGoCountsFromTheStart(String name, String sampleType, boolean isCumulative) {
    assertThat(CumulativeTypes.contains(name, sampleType)).isEqualTo(isCumulative);
    assertThat(CumulativeTypes.contains(new ProfileType(name, sampleType, "count", "", "")))
        .isEqualTo(isCumulative);
  }

  @Test
  void marksARecordInItsLabels() {
    assertThat(CumulativeTypes.isMarked(HEAP)).as("no label").isFalse();
    assertThat(CumulativeTypes.isMarked(CumulativeTypes.mark(HEAP))).as("marked").isTrue();
    assertThat(CumulativeTypes.unmark(HEAP.with("__delta__", "true"))).isEqualTo(HEAP);
    LabelSet deltas = HEAP.with("__delta__", "false");
    assertThat(CumulativeTypes.areDeltas(deltas)).as("said by the client").isTrue();
    assertThat(CumulativeTypes.unmark(deltas)).isEqualTo(deltas);
    assertThat(CumulativeTypes.isMarked(deltas)).as("deltas").isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "block", "block,memory", "block,memory,mutex"})
  void readsNamesAsItWritesThem(String list) {
    assertThat(CumulativeTypes.formatNames(CumulativeTypes.parseNames(list))).isEqualTo(list);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "cpu", "memory,", "memory,none", "alloc_space"})
  void refusesOtherNames(String list) {
    assertThatThrownBy(() -> CumulativeTypes.parseNames(list))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a list of memory, mutex and block, or none");
  }
}
