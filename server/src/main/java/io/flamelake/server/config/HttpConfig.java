/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static io.flamelake.server.config.Checks.checkAtLeast;
import static io.flamelake.server.config.Checks.checkRange;

import java.time.Duration;

/** The one port that serves everything. */
@ConfigSection("HTTP server")
public record HttpConfig(
    @ConfigKey(
            name = "server.http-listen-address",
            defaultValue = "0.0.0.0",
            description = "The address to listen on; `127.0.0.1` keeps it to this machine.")
        String listenAddress,
    @ConfigKey(
            name = "server.http-listen-port",
            defaultValue = "4040",
            description =
                "The port of everything: HTTP/1.1, h2c, Connect, gRPC, the page. `0` takes a free"
                    + " one.")
        int listenPort,
    @ConfigKey(
            name = "server.request-timeout",
            defaultValue = "60s",
            description = "How long a request may take from its first byte to its answer.")
        Duration requestTimeout) {

  public HttpConfig {
    checkRange("server.http-listen-port", listenPort, 0, 65_535);
    checkAtLeast("server.request-timeout", requestTimeout, Duration.ofMillis(100));
  }
}
