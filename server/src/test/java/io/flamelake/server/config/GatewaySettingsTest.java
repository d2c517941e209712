/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.gateway.GatewayConfig;
import io.flamelake.gateway.batch.SegmentBatcherConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GatewaySettingsTest {
  @Test
  void defaults() {
    GatewaySettings defaults = Bindings.defaults(GatewaySettings.class);
    TenancyConfig tenancy = Bindings.defaults(TenancyConfig.class);

    assertThat(defaults.toGatewayConfig(tenancy, true)).isEqualTo(GatewayConfig.defaults(true));
    assertThat(defaults.toGatewayConfig(tenancy, false)).isEqualTo(GatewayConfig.defaults(false));
  }

  @Test
  void segmentsAreShorterWhereTenantsShareThem() {
    GatewaySettings defaults = Bindings.defaults(GatewaySettings.class);
    GatewaySettings set = Bindings.bind(GatewaySettings.class, "gateway.segment.max-bytes", "5MiB");
    TenancyConfig shared = Bindings.bind(TenancyConfig.class, "auth.multitenancy-enabled", "true");

    assertThat(defaults.toGatewayConfig(shared, true).segment())
        .isEqualTo(SegmentBatcherConfig.defaults(true).withMaxBytes(4 << 20));
    assertThat(defaults.toGatewayConfig(shared, false).segment())
        .isEqualTo(SegmentBatcherConfig.defaults(false).withMaxBytes(1 << 20));
    assertThat(set.toGatewayConfig(shared, true).segment().maxBytes()).isEqualTo(5 << 20);
  }

  @Test
  void everyKeyMaps() {
    assertThat(
            Bindings.bind(
                GatewaySettings.class,
                "gateway.segment.max-bytes",
                "1MiB",
                "gateway.segment.max-delay",
                "1s",
                "gateway.segment.lanes",
                "2",
                "gateway.segment.close-timeout",
                "3s",
                "gateway.buffer.max-bytes",
                "4MiB",
                "gateway.workers",
                "16",
                "gateway.request-timeout",
                "17s",
                "gateway.limits.ingestion-body-bytes",
                "5MiB",
                "gateway.limits.ingestion-rate-bytes",
                "6MiB",
                "gateway.limits.ingestion-burst-bytes",
                "7MiB",
                "gateway.limits.max-label-name-length",
                "8",
                "gateway.limits.max-label-value-length",
                "9",
                "gateway.limits.max-label-names-per-series",
                "10",
                "gateway.limits.max-profile-bytes",
                "11KiB",
                "gateway.limits.max-profile-samples",
                "12",
                "gateway.limits.max-profile-sample-labels",
                "13",
                "gateway.limits.max-profile-stack-depth",
                "18",
                "gateway.limits.max-profile-symbol-bytes",
                "19",
                "gateway.limits.max-sessions-per-series",
                "20",
                "gateway.limits.sanitize-label-names",
                "true",
                "gateway.limits.reject-older-than",
                "14h",
                "gateway.limits.reject-newer-than",
                "15m",
                "gateway.limits.delta-profiles",
                "mutex"))
        .isEqualTo(
            new GatewaySettings(
                DataSize.parse("1MiB"),
                Duration.ofSeconds(1),
                2,
                Duration.ofSeconds(3),
                DataSize.parse("4MiB"),
                16,
                Duration.ofSeconds(17),
                DataSize.parse("5MiB"),
                DataSize.parse("6MiB"),
                DataSize.parse("7MiB"),
                8,
                9,
                10,
                DataSize.parse("11KiB"),
                12,
                13,
                18,
                19,
                20,
                true,
                Duration.ofHours(14),
                Duration.ofMinutes(15),
                "mutex"));
  }

  @Test
  void refusesDeltasOfOtherProfiles() {
    assertThatThrownBy(
            () -> Bindings.bind(GatewaySettings.class, "gateway.limits.delta-profiles", "cpu"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "gateway.limits.delta-profiles: 'cpu' (expected: a list of memory, mutex and block, or"
                + " none)");
  }
}
