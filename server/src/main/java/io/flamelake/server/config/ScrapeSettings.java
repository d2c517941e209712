/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static io.flamelake.server.config.Checks.checkAtLeast;

import io.flamelake.gateway.scrape.ScraperConfig;
import io.flamelake.gateway.scrape.shard.ShardConfig;
import io.flamelake.model.TenantId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the gateway scrapes, and with whom it shares that. */
@ConfigSection("Scraping")
public record ScrapeSettings(
    @ConfigKey(
            name = "gateway.scrape.config-file",
            description =
                "A YAML file with `scrape_configs` in Prometheus' syntax, read again while the"
                    + " server runs. See [scraping.md](scraping.md).")
        String configFile,
    @ConfigKey(
            name = "gateway.scrape.reload-interval",
            defaultValue = "5s",
            description = "How often the file, and the certificates it names, are looked at.")
        Duration reloadInterval,
    @ConfigKey(
            name = "gateway.scrape.kubernetes-defaults",
            defaultValue = "false",
            description =
                "Scrapes the pods of the cluster this process runs in that have the annotations"
                    + " `profiles.grafana.com/<type>.scrape` or `phlare.grafana.com/scrape`.")
        boolean kubernetesDefaults,
    @ConfigKey(
            name = "gateway.scrape.tenant",
            defaultValue = "anonymous",
            description = "The tenant of jobs that name none.")
        String tenant,
    @ConfigKey(
            name = "gateway.scrape.shard.service",
            description =
                "A Kubernetes service whose ready pods share the targets, `namespace/name` or a"
                    + " name in this pod's namespace. Empty: `gateway.scrape.shard.peers`.")
        String shardService,
    @ConfigKey(
            name = "gateway.scrape.shard.peers",
            description =
                "The gateways that share the targets, a comma list of `host:port`, this one among"
                    + " them. Empty: this one scrapes all.")
        String shardPeers,
    @ConfigKey(
            name = "gateway.scrape.shard.self",
            defaultValue = "auto",
            description =
                "Which of them this process is: one of `gateway.scrape.shard.peers`, or the name"
                    + " of its pod. `auto`: the environment variable `HOSTNAME`, which is the name"
                    + " of the pod in Kubernetes.")
        @Nullable String shardSelf,
    @ConfigKey(
            name = "gateway.scrape.shard.check-interval",
            defaultValue = "1s",
            description =
                "How often gateways ask each other whether they scrape; after three failures the"
                    + " others take over.")
        Duration shardCheckInterval) {

  public ScrapeSettings {
    checkAtLeast("gateway.scrape.reload-interval", reloadInterval, Duration.ofMillis(100));
    checkAtLeast("gateway.scrape.shard.check-interval", shardCheckInterval, Duration.ofMillis(50));
  }

  /** Whether there is anything to scrape. */
  public boolean isEnabled() {
    return kubernetesDefaults || !configFile.isEmpty();
  }

  /**
   * The scraper's own configuration.
   *
   * @throws IllegalArgumentException if it is not clear who shares the targets
   */
  public ScraperConfig toScraperConfig() {
    List<String> peers =
        Arrays.stream(shardPeers.split(",", -1))
            .map(String::strip)
            .filter(peer -> !peer.isEmpty())
            .toList();
    return new ScraperConfig(
        configFile.isEmpty() ? null : Path.of(configFile).toAbsolutePath(),
        reloadInterval,
        kubernetesDefaults,
        new TenantId(tenant),
        new ShardConfig(
            shardService.isEmpty() ? null : shardService,
            peers,
            shardSelf == null ? System.getenv("HOSTNAME") : shardSelf,
            shardCheckInterval));
  }
}
