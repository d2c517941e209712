/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code /ready} answers: whether every component does its work, and which do not. */
final class Readiness {
  private final Map<String, BooleanSupplier> components = new TreeMap<>();
  private boolean stopping;

  /** Adds a component, or replaces it; asked anew at every request. */
  synchronized void add(String name, BooleanSupplier isReady) {
    components.put(name, isReady);
  }

  /** From now on nothing is ready. */
  synchronized void stop() {
    stopping = true;
  }

  /** Returns a line per component that is not ready, or null when all are. */
  synchronized @Nullable String findReason() {
    if (stopping) {
      return "stopping\n";
    }

    String waiting =
        components.entrySet().stream()
            .filter(component -> !component.getValue().getAsBoolean())
            .map(component -> component.getKey() + ": not ready\n")
            .collect(Collectors.joining());
    return waiting.isEmpty() ? null : waiting;
  }
}
