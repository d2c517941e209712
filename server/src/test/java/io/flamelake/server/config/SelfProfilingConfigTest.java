/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SelfProfilingConfigTest {
  @Test
  void defaults() {
    assertThat(Bindings.defaults(SelfProfilingConfig.class))
        .isEqualTo(
            new SelfProfilingConfig(
                false, "", "anonymous", Duration.ofSeconds(15), Duration.ofMillis(20)));
  }

  @Test
  void everyKeyMaps() {
    assertThat(
            Bindings.bind(
                SelfProfilingConfig.class,
                "self-profiling.disable-push",
                "true",
                "self-profiling.url",
                "http://other:4040",
                "self-profiling.tenant",
                "ops",
                "self-profiling.push-interval",
                "1m",
                "self-profiling.sample-interval",
                "50ms"))
        .isEqualTo(
            new SelfProfilingConfig(
                true, "http://other:4040", "ops", Duration.ofMinutes(1), Duration.ofMillis(50)));
  }
}
