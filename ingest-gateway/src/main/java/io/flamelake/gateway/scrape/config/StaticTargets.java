/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Addresses that are written down, in the configuration or in a file, and labels of all of them.
 */
public record StaticTargets(List<String> addresses, SortedMap<String, String> labels) {

  public StaticTargets {
    addresses = List.copyOf(addresses);
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
  }

  /** Reads {@code {targets: […], labels: {…}}}. */
  public static StaticTargets parse(YamlMapping mapping) {
    StaticTargets targets = new StaticTargets(mapping.texts("targets"), mapping.textMap("labels"));
    mapping.checkNothingElse();
    return targets;
  }
}
