/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AtTimeTest {

  private static final Instant NOW = Instant.parse("2026-03-31T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "now,                 2026-03-31T12:00:00Z",
    "now-90s,             2026-03-31T11:58:30Z",
    "now-15m,             2026-03-31T11:45:00Z",
    "now-15min,           2026-03-31T11:45:00Z",
    "now-1h,              2026-03-31T11:00:00Z",
    "now-2d,              2026-03-29T12:00:00Z",
    "now-1w,              2026-03-24T12:00:00Z",
    "now-1M,              2026-02-28T12:00:00Z",
    "now-1mon,            2026-02-28T12:00:00Z",
    "now-1y,              2025-03-31T12:00:00Z",
    "now+1h,              2026-03-31T13:00:00Z",
    "20260131,            2026-01-31T00:00:00Z",
    "0,                   1970-01-01T00:00:00Z",
    "1700000000,          2023-11-14T22:13:20Z",
    "1700000000123,       2023-11-14T22:13:20.123Z",
    "1700000000123456,    2023-11-14T22:13:20.123456Z",
    "1700000000123456789, 2023-11-14T22:13:20.123456789Z",
  })
  void parses(String text, Instant expected) {
    assertThat(AtTime.parse(text, NOW)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "later",
        "now-",
        "now-1",
        "now-1fortnight",
        "now-1.5h",
        "20261340",
        "99999999999999999999",
        "9999999999999999999",
        "now-999999999y",
        "-1h"
      })
  void refusesOtherTexts(String text) {
    assertThatThrownBy(() -> AtTime.parse(text, NOW))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("time: " + text + " (expected: now");
  }

  @Test
  void ignoresSpaceAround() {
    assertThat(AtTime.parse(" now ", NOW)).isEqualTo(NOW);
  }
}
