/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrometheusUnitsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "15s, 15000",
    "1m30s, 90000",
    "500ms, 500",
    "1d2h, 93600000",
    "2w, 1209600000"
  })
  void readsDurations(String text, long millis) {
    assertThat(PrometheusUnits.parseDuration(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "1s1m", "-1s", "1.5s", "99999999999999999999y"})
  void refusesWhatIsNoDuration(String text) {
    assertThatThrownBy(() -> PrometheusUnits.parseDuration(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "7B, 7", "512KB, 524288", "4MiB, 4194304", "1GB, 1073741824"})
  void readsSizes(String text, long bytes) {
    assertThat(PrometheusUnits.parseBytes(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "MB", "1TB", "-1B", "999999999999999GB"})
  void refusesWhatIsNoSize(String text) {
    assertThatThrownBy(() -> PrometheusUnits.parseBytes(text))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
