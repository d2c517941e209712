/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape;

import static java.util.Objects.requireNonNull;

import io.flamelake.gateway.scrape.shard.ShardConfig;
import io.flamelake.model.TenantId;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What can be set about scraping, beside the file with the jobs.
 *
 * @param configFile {@code gateway.scrape.config-file}: the jobs, null for none
 * @param reloadInterval {@code gateway.scrape.reload-interval}: how often the file is looked at
 * @param kubernetesDefaults {@code gateway.scrape.kubernetes-defaults}: whether pods with the usual
 *     annotations are scraped
 * @param defaultTenant {@code gateway.scrape.tenant}: of jobs that name none
 * @param shard {@code gateway.scrape.shard.*}: the other replicas
 */
public record ScraperConfig(
    @Nullable Path configFile,
    Duration reloadInterval,
    boolean kubernetesDefaults,
    TenantId defaultTenant,
    ShardConfig shard) {

  public ScraperConfig {
    requireNonNull(reloadInterval, "reloadInterval");
    requireNonNull(defaultTenant, "defaultTenant");
    requireNonNull(shard, "shard");
  }
}
