/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What {@code /ready} answers: whether every component does its work, which do not, and what an
 * operator should look at although the process can serve.
 */
final class Readiness {
  private final Map<String, BooleanSupplier> components = new TreeMap<>();
  private final Map<String, Supplier<List<String>>> warnings = new TreeMap<>();
  private boolean stopping;

  /** Adds a component, or replaces it; asked anew at every request. */
  synchronized void add(String name, BooleanSupplier isReady) {
    components.put(name, isReady);
  }

  /** Adds what a component warns of, a line each; asked anew at every request. */
  synchronized void addWarnings(String name, Supplier<List<String>> componentWarnings) {
    warnings.put(name, componentWarnings);
  }

  /** From now on nothing is ready. */
  synchronized void stop() {
    stopping = true;
  }

  /** Answers for the whole process, which warnings do not stop from serving. */
  synchronized Answer answer() {
    if (stopping) {
      return Answer.STOPPING;
    }

    String waiting =
        components.keySet().stream()
            .filter(name -> !isReady(name))
            .map(Readiness::notReady)
            .collect(Collectors.joining());
    String warned = warnings.keySet().stream().map(this::warned).collect(Collectors.joining());
    return waiting.isEmpty()
        ? new Answer(true, "ready\n" + warned)
        : new Answer(false, waiting + warned);
  }

  /** Answers for one component, which is ready only if it has nothing to warn of. */
  synchronized Answer answer(String name) {
    if (stopping) {
      return Answer.STOPPING;
    }

    if (!components.containsKey(name)) {
      return new Answer(
          false, name + ": not in this process (expected: one of " + components.keySet() + ")\n");
    }

    String reason = (isReady(name) ? "" : notReady(name)) + warned(name);
    return reason.isEmpty() ? new Answer(true, "ready\n") : new Answer(false, reason);
  }

  private boolean isReady(String name) {
    BooleanSupplier component = components.get(name);
    return component != null && component.getAsBoolean();
  }

  private static String notReady(String name) {
    return name + ": not ready\n";
  }

  private String warned(String name) {
    Supplier<List<String>> lines = warnings.getOrDefault(name, List::of);
    return lines.get().stream()
        .map(line -> name + ": " + line + "\n")
        .collect(Collectors.joining());
  }

  /** The answer to one request. */
  record Answer(boolean isReady, String text) {
    static final Answer STOPPING = new Answer(false, "stopping\n");
  }
}
