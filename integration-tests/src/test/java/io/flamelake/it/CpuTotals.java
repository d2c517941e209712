/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import io.flamelake.proto.querier.v1.SelectMergeStacktracesRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import io.flamelake.proto.querier.v1.SelectSeriesRequest;
import io.flamelake.proto.querier.v1.SelectSeriesResponse;
import io.flamelake.proto.types.v1.Point;
import java.time.Duration;

/** What the two kinds of queries say of the CPU profiles of the last hour. */
final class CpuTotals {
  static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  static final String SELECT_STACKTRACES = "querier.v1.QuerierService/SelectMergeStacktraces";
  static final String SELECT_SERIES = "querier.v1.QuerierService/SelectSeries";

  private CpuTotals() {}

  /** The total of a service's flame graph. */
  static long ofFlameGraph(FlamelakeClient client, String service) {
    return client
        .call(
            SELECT_STACKTRACES,
            SelectMergeStacktracesRequest.newBuilder()
                .setProfileTypeID(CPU)
                .setLabelSelector(selector(service))
                .setStart(rangeStart())
                .setEnd(rangeEnd())
                .build(),
            SelectMergeStacktracesResponse.getDefaultInstance())
        .getFlamegraph()
        .getTotal();
  }

  /** The sum of all points of a service's series. */
  static double ofSeries(FlamelakeClient client, String service) {
    return client
        .call(
            SELECT_SERIES,
            SelectSeriesRequest.newBuilder()
                .setProfileTypeID(CPU)
                .setLabelSelector(selector(service))
                .setStart(rangeStart())
                .setEnd(rangeEnd())
                .setStep(15)
                .build(),
            SelectSeriesResponse.getDefaultInstance())
        .getSeriesList()
        .stream()
        .flatMap(series -> series.getPointsList().stream())
        .mapToDouble(Point::getValue)
        .sum();
  }

  static long rangeStart() {
    return System.currentTimeMillis() - Duration.ofHours(1).toMillis();
  }

  static long rangeEnd() {
    return System.currentTimeMillis() + Duration.ofMinutes(1).toMillis();
  }

  private static String selector(String service) {
    return "{service_name=\"" + service + "\"}";
  }
}
