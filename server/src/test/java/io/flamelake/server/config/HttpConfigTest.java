/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HttpConfigTest {
  @Test
  void defaults() {
    assertThat(Bindings.defaults(HttpConfig.class))
        .isEqualTo(new HttpConfig("0.0.0.0", 4040, Duration.ofSeconds(60)));
  }

  @Test
  void everyKeyMaps() {
    assertThat(
            Bindings.bind(
                HttpConfig.class,
                "server.http-listen-address",
                "127.0.0.1",
                "server.http-listen-port",
                "4041",
                "server.request-timeout",
                "1m30s"))
        .isEqualTo(new HttpConfig("127.0.0.1", 4041, Duration.ofSeconds(90)));
  }
}
