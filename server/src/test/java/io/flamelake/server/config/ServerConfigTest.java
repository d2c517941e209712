/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class ServerConfigTest {
  @Test
  void defaults() {
    assertThat(Bindings.defaults(ServerConfig.class))
        .isEqualTo(new ServerConfig(EnumSet.allOf(Target.class)));
  }

  @Test
  void everyKeyMaps() {
    assertThat(Bindings.bind(ServerConfig.class, "target", "querier, gateway"))
        .isEqualTo(new ServerConfig(EnumSet.of(Target.GATEWAY, Target.QUERIER)));
  }
}
