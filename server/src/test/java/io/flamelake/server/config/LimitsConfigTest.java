/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitsConfigTest {
  @Test
  void defaults() {
    LimitsConfig defaults = Bindings.defaults(LimitsConfig.class);

    assertThat(defaults).isEqualTo(new LimitsConfig("", Duration.ofSeconds(10)));
    assertThat(defaults.overridesPath()).isNull();
  }

  @Test
  void everyKeyMaps() {
    LimitsConfig config =
        Bindings.bind(
            LimitsConfig.class,
            "limits.overrides-file",
            "/etc/overrides.yaml",
            "limits.reload-interval",
            "1m");

    assertThat(config).isEqualTo(new LimitsConfig("/etc/overrides.yaml", Duration.ofMinutes(1)));
    assertThat(config.overridesPath()).isEqualTo(Path.of("/etc/overrides.yaml"));
  }
}
