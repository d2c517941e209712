/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.discovery;

import io.flamelake.gateway.scrape.config.StaticTargets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The addresses that the configuration names. */
public final class StaticDiscovery implements Discovery {

  private final List<SortedMap<String, String>> targets;

  public StaticDiscovery(List<StaticTargets> configured) {
    List<SortedMap<String, String>> labels = new ArrayList<>();
    configured.forEach(group -> labels.addAll(labels(group, Collections.emptySortedMap())));
    this.targets = List.copyOf(labels);
  }

  /** The labels of a group's addresses. */
  static List<SortedMap<String, String>> labels(
      StaticTargets group, SortedMap<String, String> more) {
    List<SortedMap<String, String>> all = new ArrayList<>();
    for (String address : group.addresses()) {
      SortedMap<String, String> labels = new TreeMap<>(group.labels());
      labels.putAll(more);
      labels.put(ADDRESS, address);
      all.add(Collections.unmodifiableSortedMap(labels));
    }

    return all;
  }

  @Override
  public void start(Runnable changed) {}

  @Override
  public List<SortedMap<String, String>> targets() {
    return targets;
  }

  @Override
  public boolean hasLooked() {
    return true;
  }

  @Override
  public void close() {}
}
