/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape;

import io.flamelake.gateway.scrape.config.FileDiscoveryConfig;
import io.flamelake.gateway.scrape.config.JobConfig;
import io.flamelake.gateway.scrape.config.KubernetesDiscoveryConfig;
import io.flamelake.gateway.scrape.config.ScrapeConfig;
import io.flamelake.gateway.scrape.config.ScrapeConfigException;
import io.flamelake.gateway.scrape.discovery.Discovery;
import io.flamelake.gateway.scrape.discovery.FileDiscovery;
import io.flamelake.gateway.scrape.discovery.KubernetesDiscovery;
import io.flamelake.gateway.scrape.discovery.StaticDiscovery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The discoveries that run. Jobs that look for the same things share one: all default jobs watch
 * the pods of the cluster once.
 */
final class DiscoverySet implements AutoCloseable {

  private final ScheduledExecutorService executor;
  private final Runnable changed;
  private final Map<Record, Discovery> running = new HashMap<>();

  /**
   * @param executor reads files; stays the caller's
   * @param changed run when a discovery may have found something else
   */
  DiscoverySet(ScheduledExecutorService executor, Runnable changed) {
    this.executor = executor;
    this.changed = changed;
  }

  /** The discoveries of a job, started where they were not. */
  List<Discovery> of(JobConfig job) {
    List<Discovery> discoveries = new ArrayList<>();
    if (!job.staticTargets().isEmpty()) {
      discoveries.add(new StaticDiscovery(job.staticTargets()));
    }

    job.files().forEach(files -> discoveries.add(running(files)));
    job.kubernetes().forEach(cluster -> discoveries.add(running(cluster)));
    return discoveries;
  }

  /** Whether all of them have looked once. */
  boolean haveLooked() {
    return running.values().stream().allMatch(Discovery::hasLooked);
  }

  /** Ends those that no job of a configuration has. */
  void retain(ScrapeConfig config) {
    Set<Record> wanted = new HashSet<>();
    for (JobConfig job : config.jobs()) {
      wanted.addAll(job.files());
      wanted.addAll(job.kubernetes());
    }

    running
        .entrySet()
        .removeIf(
            entry -> {
              boolean isGone = !wanted.contains(entry.getKey());
              if (isGone) {
                entry.getValue().close();
              }

              return isGone;
            });
  }

  private Discovery running(Record config) {
    Discovery known = running.get(config);
    if (known != null) {
      return known;
    }

    Discovery discovery =
        config instanceof KubernetesDiscoveryConfig cluster
            ? new KubernetesDiscovery(cluster)
            : new FileDiscovery((FileDiscoveryConfig) config, executor);
    try {
      discovery.start(changed);
    } catch (ScrapeConfigException e) {
      discovery.close();
      throw e;
    } catch (RuntimeException e) {
      discovery.close();
      throw new ScrapeConfigException("Discovery " + config + " cannot start: " + e, e);
    }

    running.put(config, discovery);
    return discovery;
  }

  @Override
  public void close() {
    running.values().forEach(Discovery::close);
    running.clear();
  }
}
