/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape;

import static java.util.Objects.requireNonNull;

import io.flamelake.gateway.scrape.config.JobConfig;
import io.flamelake.gateway.scrape.discovery.Discovery;
import io.flamelake.gateway.scrape.loop.JobClient;
import io.flamelake.gateway.scrape.loop.ScrapeEnvironment;
import io.flamelake.gateway.scrape.loop.ScrapeLoop;
import io.flamelake.gateway.scrape.target.DroppedTarget;
import io.flamelake.gateway.scrape.target.ScrapeTarget;
import io.flamelake.gateway.scrape.target.TargetFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** The targets of one job and their loops. All but {@link #view} runs on the scraper's thread. */
final class ScrapePool implements AutoCloseable {

  private static final String CONTAINER_PORT = "__meta_kubernetes_pod_container_port_number";

  /** In a large cluster the rules of a job drop nearly all; a few show what they look at. */
  private static final int MAX_SHOWN_DROPPED = 100;

  private final JobConfig job;
  private final long tlsFingerprint;
  private final List<Discovery> discoveries;
  private final ScrapeEnvironment environment;
  private final JobClient client;
  private final TargetFactory factory;
  private Map<SortedMap<String, String>, TargetFactory.Outcome> outcomes = new IdentityHashMap<>();
  private Map<ScrapeTarget.Identity, ScrapeLoop> loops = new LinkedHashMap<>();
  private volatile View view = new View(List.of(), List.of(), 0);

  /**
   * What the pool has.
   *
   * @param dropped some of the {@code droppedCount} targets that rules dropped
   */
  record View(List<ScrapeLoop> loops, List<DroppedTarget> dropped, int droppedCount) {}

  /**
   * @param discoveries stay the caller's
   */
  ScrapePool(
      JobConfig job,
      long tlsFingerprint,
      List<Discovery> discoveries,
      ScrapeEnvironment environment) {
    this.job = requireNonNull(job, "job");
    this.tlsFingerprint = tlsFingerprint;
    this.discoveries = List.copyOf(discoveries);
    this.environment = environment;
    this.client = new JobClient(job);
    this.factory = new TargetFactory(job);
  }

  JobConfig job() {
    return job;
  }

  View view() {
    return view;
  }

  /** Whether it does already what a job wants, with the same certificates. */
  boolean does(JobConfig wanted, long fingerprint) {
    return job.equals(wanted) && tlsFingerprint == fingerprint;
  }

  /** Starts loops of targets that have come and stops those of targets that have gone. */
  void sync(TargetClaims claims) {
    List<DroppedTarget> dropped = new ArrayList<>();
    int droppedCount = 0;
    List<ScrapeTarget> targets = new ArrayList<>();
    for (TargetFactory.Outcome outcome : refreshOutcomes()) {
      targets.addAll(outcome.targets());
      droppedCount += outcome.dropped().size();
      if (dropped.size() < MAX_SHOWN_DROPPED) {
        dropped.addAll(outcome.dropped());
      }
    }

    if (job.isDefault()) {
      // Of the ports that an annotation sends to one address, the one that is declared there names
      // the container.
      targets.sort(Comparator.comparing(target -> !isDeclaredPort(target)));
      targets.removeIf(target -> !claims.claim(target));
    }

    replaceLoops(targets);
    view = new View(List.copyOf(loops.values()), List.copyOf(dropped), droppedCount);
  }

  private List<TargetFactory.Outcome> refreshOutcomes() {
    Map<SortedMap<String, String>, TargetFactory.Outcome> fresh = new IdentityHashMap<>();
    List<TargetFactory.Outcome> ordered = new ArrayList<>();
    for (Discovery discovery : discoveries) {
      for (SortedMap<String, String> discovered : discovery.targets()) {
        TargetFactory.Outcome known = outcomes.get(discovered);
        TargetFactory.Outcome outcome = known == null ? factory.make(discovered) : known;
        fresh.put(discovered, outcome);
        ordered.add(outcome);
      }
    }

    outcomes = fresh;
    return ordered;
  }

  private void replaceLoops(List<ScrapeTarget> targets) {
    Map<ScrapeTarget.Identity, ScrapeLoop> before = loops;
    Map<ScrapeTarget.Identity, ScrapeLoop> after = new LinkedHashMap<>();
    for (ScrapeTarget target : targets) {
      ScrapeTarget.Identity identity = target.identity();
      if (!after.containsKey(identity)) {
        ScrapeLoop known = before.remove(identity);
        after.put(identity, known == null ? started(target) : known);
      }
    }

    before.values().forEach(ScrapeLoop::stop);
    loops = after;
  }

  private ScrapeLoop started(ScrapeTarget target) {
    ScrapeLoop loop = new ScrapeLoop(target, client, environment);
    loop.start();
    return loop;
  }

  private static boolean isDeclaredPort(ScrapeTarget target) {
    return Integer.toString(target.url().port())
        .equals(target.discovered().getOrDefault(CONTAINER_PORT, ""));
  }

  @Override
  public void close() {
    loops.values().forEach(ScrapeLoop::stop);
    loops = new LinkedHashMap<>();
    view = new View(List.of(), List.of(), 0);
    client.close();
  }
}
