/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.discovery;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.flamelake.gateway.scrape.config.FieldCondition;
import io.flamelake.gateway.scrape.config.KubernetesDiscoveryConfig;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the pods of a cluster. While the API server cannot be reached the pods stay as they were
 * seen last.
 */
public final class KubernetesDiscovery implements Discovery {

  private static final Logger LOG = LoggerFactory.getLogger(KubernetesDiscovery.class);

  private final KubernetesDiscoveryConfig config;
  private final Map<String, List<SortedMap<String, String>>> targetsByPod =
      new ConcurrentSkipListMap<>();
  private final List<SharedIndexInformer<Pod>> informers = new ArrayList<>();
  private @Nullable KubernetesClient client;

  public KubernetesDiscovery(KubernetesDiscoveryConfig config) {
    this.config = requireNonNull(config, "config");
  }

  @Override
  public synchronized void start(Runnable changed) {
    KubernetesClient opened = KubernetesClients.open(config);
    client = opened;
    for (FilterWatchListDeletable<Pod, PodList, PodResource> pods : selections(opened)) {
      SharedIndexInformer<Pod> informer = pods.runnableInformer(0);
      informer.addEventHandler(new PodHandler(changed));
      informer.exceptionHandler(
          (isStarted, thrown) -> {
            LOG.warn("Pods of {} cannot be watched: {}", opened.getMasterUrl(), thrown.toString());
            return true;
          });
      informers.add(informer);
      informer.start();
    }
  }

  private List<FilterWatchListDeletable<Pod, PodList, PodResource>> selections(
      KubernetesClient opened) {
    Set<String> namespaces = new LinkedHashSet<>(config.namespaces());
    if (config.ownNamespace()) {
      namespaces.add(KubernetesClients.namespace(opened));
    }

    List<FilterWatchListDeletable<Pod, PodList, PodResource>> selections = new ArrayList<>();
    if (namespaces.isEmpty()) {
      selections.add(selected(opened.pods().inAnyNamespace()));
    }

    namespaces.forEach(namespace -> selections.add(selected(opened.pods().inNamespace(namespace))));
    return selections;
  }

  private FilterWatchListDeletable<Pod, PodList, PodResource> selected(
      FilterWatchListDeletable<Pod, PodList, PodResource> pods) {
    FilterWatchListDeletable<Pod, PodList, PodResource> selected = pods;
    if (!config.labelSelector().isEmpty()) {
      selected = selected.withLabelSelector(config.labelSelector());
    }

    for (FieldCondition condition : config.fieldConditions()) {
      selected =
          condition.isEqual()
              ? selected.withField(condition.field(), condition.value())
              : selected.withoutField(condition.field(), condition.value());
    }

    return selected;
  }

  @Override
  public List<SortedMap<String, String>> targets() {
    List<SortedMap<String, String>> all = new ArrayList<>();
    targetsByPod.values().forEach(all::addAll);
    return all;
  }

  @Override
  public synchronized boolean hasLooked() {
    return informers.stream().allMatch(SharedIndexInformer::hasSynced);
  }

  @Override
  public synchronized void close() {
    informers.forEach(SharedIndexInformer::stop);
    if (client != null) {
      client.close();
    }
  }

  /** Most updates of a pod change nothing that its targets show. */
  private final class PodHandler implements ResourceEventHandler<Pod> {

    private final Runnable changed;

    PodHandler(Runnable changed) {
      this.changed = changed;
    }

    @Override
    public void onAdd(Pod pod) {
      put(pod);
    }

    @Override
    public void onUpdate(Pod before, Pod after) {
      put(after);
    }

    @Override
    public void onDelete(Pod pod, boolean isFinalStateUnknown) {
      if (targetsByPod.remove(key(pod)) != null) {
        changed.run();
      }
    }

    private void put(Pod pod) {
      List<SortedMap<String, String>> targets = PodTargets.of(pod);
      if (!targets.equals(targetsByPod.get(key(pod)))) {
        targetsByPod.put(key(pod), targets);
        changed.run();
      }
    }

    private static String key(Pod pod) {
      return pod.getMetadata().getNamespace() + '/' + pod.getMetadata().getName();
    }
  }
}
