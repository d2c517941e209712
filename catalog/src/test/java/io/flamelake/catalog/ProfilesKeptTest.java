/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ProfilesKeptTest {

  @Test
  void keepsAllDaysUnlessThePropertySaysOtherwise() {
    Map<String, String> properties = Map.of("flamelake.profiles-kept-from.a", "20454");

    assertThat(ProfilesKept.fromDay(properties, "a")).isEqualTo(20454);
    assertThat(ProfilesKept.fromDay(properties, "b")).isEqualTo(ProfilesKept.ALL_DAYS);
  }

  @Test
  void refusesWhatIsNoDay() {
    Map<String, String> properties = Map.of(ProfilesKept.property("a"), "yesterday");

    assertThatThrownBy(() -> ProfilesKept.fromDay(properties, "a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("flamelake.profiles-kept-from.a: yesterday (expected: a day since the epoch)");
  }
}
