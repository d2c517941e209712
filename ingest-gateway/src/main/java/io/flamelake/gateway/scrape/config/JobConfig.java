/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import io.flamelake.gateway.relabel.RelabelRules;
import io.flamelake.model.TenantId;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One entry of {@code scrape_configs}.
 *
 * @param tenant whose the profiles are
 * @param params of the request's query
 * @param profiles those that are scraped
 * @param maxBodyBytes the largest answer, as it is sent and decompressed
 * @param maxConcurrentRequests how many requests to one address may be under way
 * @param isDefault whether it is one of the default jobs, of which a profile that several find is
 *     scraped by the first
 */
public record JobConfig(
    String name,
    TenantId tenant,
    Duration interval,
    Duration timeout,
    String scheme,
    SortedMap<String, List<String>> params,
    String pathPrefix,
    List<ProfileConfig> profiles,
    long maxBodyBytes,
    int maxConcurrentRequests,
    List<StaticTargets> staticTargets,
    List<FileDiscoveryConfig> files,
    List<KubernetesDiscoveryConfig> kubernetes,
    RelabelRules relabelRules,
    HttpOptions http,
    boolean isDefault) {

  public JobConfig {
    params = Collections.unmodifiableSortedMap(new TreeMap<>(params));
    profiles = List.copyOf(profiles);
    staticTargets = List.copyOf(staticTargets);
    files = List.copyOf(files);
    kubernetes = List.copyOf(kubernetes);
  }
}
