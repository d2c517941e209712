/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileTypeTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
        "off_cpu:off_cpu:nanoseconds::",
        "::::"
      })
  void readsAndWritesIds(String id) {
    assertThat(ProfileType.parse(id).id()).isEqualTo(id);
    assertThat(ProfileType.parse(id + ":delta").id()).isEqualTo(id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "cpu", "a:b:c:d", "a:b:c:d:e:f", "a:b:c:d:e:delta:x"})
  void refusesOtherIds(String id) {
    assertThatThrownBy(() -> ProfileType.parse(id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Invalid profile type '" + id + "'");
  }

  @Test
  void refusesAColonWithinAPart() {
    assertThatThrownBy(() -> new ProfileType("a:b", "cpu", "ns", "", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("name: 'a:b' (expected: no colon)");
  }

  @Test
  void derivesLabels() {
    assertThat(ProfileType.parse("off_cpu:off:nanoseconds::").labels("cart"))
        .isEqualTo(
            LabelSet.of(
                "__name__", "off_cpu",
                "__profile_type__", "off_cpu:off:nanoseconds::",
                "__type__", "off",
                "__unit__", "nanoseconds",
                "__service_name__", "cart"));
  }
}
