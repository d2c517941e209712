/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.model.normalize.ProfileRow;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/** The distinct series that a label query finds. Not thread-safe. */
public final class SeriesCollector {
  private final int maxSeries;
  private final Set<SeriesKey> series = new LinkedHashSet<>();

  /**
   * @param maxSeries more distinct series than this are a {@link QueryTooLargeException}
   */
  public SeriesCollector(int maxSeries) {
    this.maxSeries = maxSeries;
  }

  public void add(ProfileType type, LabelSet labels) {
    if (series.add(new SeriesKey(type, labels)) && series.size() > maxSeries) {
      throw new QueryTooLargeException(
          "Query finds more than " + maxSeries + " series, narrow the time range or the selector");
    }
  }

  /** Adds a row's series; the caller has checked {@link LabelQuery#matches(ProfileRow)}. */
  public void add(ProfileRow row) {
    add(row.type(), row.labels());
  }

  /** In no order that means anything. */
  public Set<SeriesKey> series() {
    return Collections.unmodifiableSet(series);
  }
}
