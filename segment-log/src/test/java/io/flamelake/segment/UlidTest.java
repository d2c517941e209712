/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UlidTest {
  @Test
  void holdsItsTimeAndSortsByIt() {
    // The example of the ULID specification.
    assertThat(Ulid.of(1_469_922_850_259L)).startsWith("01ARZ3NDEK").hasSize(26);
    assertThat(Ulid.millis("01ARZ3NDEKTSV4RRFFQ69G5FAV")).isEqualTo(1_469_922_850_259L);
    assertThat(Ulid.of(1_000)).isLessThan(Ulid.of(1_001)).isLessThan(Ulid.of((1L << 48) - 1));
    assertThatThrownBy(() -> Ulid.of(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void isUnique() {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      ids.add(Ulid.of(5));
    }

    assertThat(ids).hasSize(1_000).allMatch(Ulid::isUlid);
  }

  @Test
  void refusesOtherLettersAndLengths() {
    assertThat(Ulid.isUlid("01ARZ3NDEKTSV4RRFFQ69G5FAV")).isTrue();
    assertThat(Ulid.isUlid("81ARZ3NDEKTSV4RRFFQ69G5FAV")).isFalse();
    assertThat(Ulid.isUlid("01ARZ3NDEKTSV4RRFFQ69G5FAU")).isFalse();
    assertThat(Ulid.isUlid("01ARZ3NDEKTSV4RRFFQ69G5FA")).isFalse();
    assertThat(Ulid.isUlid("../../etc/passwd")).isFalse();
  }
}
