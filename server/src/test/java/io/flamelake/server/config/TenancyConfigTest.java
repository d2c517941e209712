/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TenancyConfigTest {
  @Test
  void defaults() {
    assertThat(Bindings.defaults(TenancyConfig.class)).isEqualTo(new TenancyConfig(false));
  }

  @Test
  void everyKeyMaps() {
    assertThat(Bindings.bind(TenancyConfig.class, "auth.multitenancy-enabled", "true"))
        .isEqualTo(new TenancyConfig(true));
  }
}
