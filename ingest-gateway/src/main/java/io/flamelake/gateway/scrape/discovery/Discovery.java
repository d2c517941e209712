/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.discovery;

import java.util.List;
import java.util.SortedMap;

/**
 * A source of targets. Each target is a map of labels with an {@code __address__}; a map is never
 * changed, and as long as nothing changes about a target it is the same object, so that whoever
 * works on it needs to do that only once.
 */
public interface Discovery extends AutoCloseable {

  /** The label that holds host and port. */
  String ADDRESS = "__address__";

  /**
   * Begins to look, and returns at once.
   *
   * @param changed run on any thread when {@link #targets()} may say something else; must not block
   */
  void start(Runnable changed);

  /** What is known now, in a stable order. */
  List<SortedMap<String, String>> targets();

  /** Whether {@link #targets()} is what there is: before the first look it is nothing. */
  boolean hasLooked();

  /** Ends looking. */
  @Override
  void close();
}
