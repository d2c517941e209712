/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import io.flamelake.proto.querier.v1.SelectSeriesResponse;
import io.flamelake.proto.types.v1.Point;
import io.flamelake.proto.types.v1.Series;
import java.util.List;

/** What the two kinds of queries say of the CPU profiles of the last hour. */
final class CpuTotals {
  private CpuTotals() {}

  /** The total of a service's flame graph. */
  static long ofFlameGraph(FlamelakeClient client, String service) {
    return client
        .call(
            CpuQueries.SELECT_STACKTRACES,
            CpuQueries.stacktraces(CpuQueries.ofService(service)).build(),
            SelectMergeStacktracesResponse.getDefaultInstance())
        .getFlamegraph()
        .getTotal();
  }

  /** The sum of all points of a service's series. */
  static double ofSeries(FlamelakeClient client, String service) {
    return ofPoints(
        client
            .call(
                CpuQueries.SELECT_SERIES,
                CpuQueries.series(CpuQueries.ofService(service)).build(),
                SelectSeriesResponse.getDefaultInstance())
            .getSeriesList());
  }

  /** The sum of all points of all series. */
  static double ofPoints(List<Series> all) {
    return all.stream()
        .flatMap(series -> series.getPointsList().stream())
        .mapToDouble(Point::getValue)
        .sum();
  }
}
