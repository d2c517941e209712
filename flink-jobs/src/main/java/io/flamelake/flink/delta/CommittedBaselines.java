/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.delta;

import io.flamelake.model.normalize.CumulativeTypes;
import io.flamelake.model.normalize.ProfileRow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was last committed of series, as it was found in the segment log: of each process the newest
 * profile. Records may be added in any order.
 */
public final class CommittedBaselines {

  private final Map<String, Map<Id, Baseline>> byService = new HashMap<>();

  private record Id(long series, long process) {}

  /** A base line and the series that it is of. */
  record OfSeries(long series, Baseline baseline) {}

  /** Adds the cumulative ones among the rows of a profile. */
  public void add(String service, List<ProfileRow> rows, CumulativeReading reading) {
    for (ProfileRow row : rows) {
      if (CumulativeTypes.contains(row.type())) {
        Baseline baseline = DeltaRows.baseline(row, reading);
        byService
            .computeIfAbsent(service, any -> new HashMap<>())
            .merge(
                new Id(SeriesBaselines.key(row), reading.process()),
                baseline,
                (one, other) -> one.timeMicros() >= other.timeMicros() ? one : other);
      }
    }
  }

  public Set<String> services() {
    return byService.keySet();
  }

  Collection<OfSeries> of(String service) {
    List<OfSeries> baselines = new ArrayList<>();
    byService
        .getOrDefault(service, Map.of())
        .forEach((id, baseline) -> baselines.add(new OfSeries(id.series, baseline)));
    return baselines;
  }
}
