/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static io.flamelake.server.config.Checks.checkAtLeast;

import java.time.Duration;

/** Flamelake's profile of itself. */
@ConfigSection("Self-profiling")
public record SelfProfilingConfig(
    @ConfigKey(
            name = "self-profiling.disable-push",
            defaultValue = "false",
            description = "Turns off that this process profiles itself as service `flamelake`.")
        boolean disablePush,
    @ConfigKey(
            name = "self-profiling.url",
            description =
                "The server to push to. Empty: this process, if it runs the gateway, else none.")
        String url,
    @ConfigKey(
            name = "self-profiling.tenant",
            defaultValue = "anonymous",
            description = "The tenant to push as, when multi-tenancy is on.")
        String tenant,
    @ConfigKey(
            name = "self-profiling.push-interval",
            defaultValue = "15s",
            description = "How often a profile is pushed.")
        Duration pushInterval,
    @ConfigKey(
            name = "self-profiling.sample-interval",
            defaultValue = "20ms",
            description = "How often the stacks of running threads are sampled.")
        Duration sampleInterval) {

  public SelfProfilingConfig {
    checkAtLeast("self-profiling.push-interval", pushInterval, Duration.ofSeconds(1));
    checkAtLeast("self-profiling.sample-interval", sampleInterval, Duration.ofMillis(10));
  }
}
