/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectKeyTest {
  @Test
  void takesPartsBetweenSlashes() {
    assertThat(new ObjectKey("segments/01H/0.seg").value()).isEqualTo("segments/01H/0.seg");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "a/.b", "a b", "a\\b", "ä", "*"})
  void refusesWhatAStoreMightTakeForSomethingElse(String value) {
    assertThatThrownBy(() -> new ObjectKey(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Object key");
  }

  @Test
  void refusesLongKey() {
    assertThatThrownBy(() -> new ObjectKey("a".repeat(513)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Object key of 513 characters (expected: 1..512)");
  }
}
