/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.gateway.scrape.ScraperConfig;
import io.flamelake.gateway.scrape.shard.ShardConfig;
import io.flamelake.model.TenantId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScrapeSettingsTest {
  @Test
  void defaults() {
    ScraperConfig defaults = Bindings.defaults(ScrapeSettings.class).toScraperConfig();

    assertThat(Bindings.defaults(ScrapeSettings.class).isEnabled()).isFalse();
    assertThat(defaults.kubernetesDefaults()).isFalse();
    assertThat(defaults.configFile()).isNull();
    assertThat(defaults.reloadInterval()).isEqualTo(Duration.ofSeconds(5));
    assertThat(defaults.defaultTenant()).isEqualTo(TenantId.ANONYMOUS);
    assertThat(defaults.shard().service()).isNull();
    assertThat(defaults.shard().peers()).isEmpty();
  }

  @Test
  void everyKeyMaps() {
    ScrapeSettings settings =
        Bindings.bind(
            ScrapeSettings.class,
            "gateway.scrape.config-file",
            "/etc/scrape.yaml",
            "gateway.scrape.reload-interval",
            "2s",
            "gateway.scrape.kubernetes-defaults",
            "true",
            "gateway.scrape.tenant",
            "platform",
            "gateway.scrape.shard.service",
            "",
            "gateway.scrape.shard.peers",
            "a:1, b:2",
            "gateway.scrape.shard.self",
            "b:2",
            "gateway.scrape.shard.check-interval",
            "3s");

    assertThat(settings.toScraperConfig())
        .isEqualTo(
            new ScraperConfig(
                Path.of("/etc/scrape.yaml"),
                Duration.ofSeconds(2),
                true,
                new TenantId("platform"),
                new ShardConfig(null, List.of("a:1", "b:2"), "b:2", Duration.ofSeconds(3))));
  }

  @Test
  void takesTheReplicasOfAService() {
    ScrapeSettings settings =
        Bindings.bind(
            ScrapeSettings.class,
            "gateway.scrape.shard.service",
            "profiling/gateway",
            "gateway.scrape.shard.self",
            "gateway-0");

    assertThat(settings.toScraperConfig().shard())
        .isEqualTo(
            new ShardConfig("profiling/gateway", List.of(), "gateway-0", Duration.ofSeconds(1)));
  }

  @Test
  void refusesPeersThisProcessIsNotAmong() {
    ScrapeSettings settings =
        Bindings.bind(
            ScrapeSettings.class,
            "gateway.scrape.shard.peers",
            "a:1,b:2",
            "gateway.scrape.shard.self",
            "c:3");

    assertThatThrownBy(settings::toScraperConfig)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("gateway.scrape.shard.self: c:3 (expected: one of [a:1, b:2])");
  }
}
