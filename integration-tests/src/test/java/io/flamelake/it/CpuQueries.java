/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import io.flamelake.proto.querier.v1.SelectMergeProfileRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesRequest;
import io.flamelake.proto.querier.v1.SelectSeriesRequest;
import java.time.Duration;

/** Requests for the CPU profiles of the last hour. */
final class CpuQueries {
  static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  static final String QUERIER = "querier.v1.QuerierService/";
  static final String SELECT_STACKTRACES = QUERIER + "SelectMergeStacktraces";
  static final String SELECT_SERIES = QUERIER + "SelectSeries";
  static final String SELECT_PROFILE = QUERIER + "SelectMergeProfile";

  private CpuQueries() {}

  static SelectMergeStacktracesRequest.Builder stacktraces(String selector) {
    return SelectMergeStacktracesRequest.newBuilder()
        .setProfileTypeID(CPU)
        .setLabelSelector(selector)
        .setStart(rangeStart())
        .setEnd(rangeEnd());
  }

  /** In steps of 15 s. */
  static SelectSeriesRequest.Builder series(String selector) {
    return SelectSeriesRequest.newBuilder()
        .setProfileTypeID(CPU)
        .setLabelSelector(selector)
        .setStart(rangeStart())
        .setEnd(rangeEnd())
        .setStep(15);
  }

  static SelectMergeProfileRequest.Builder profile(String selector) {
    return SelectMergeProfileRequest.newBuilder()
        .setProfileTypeID(CPU)
        .setLabelSelector(selector)
        .setStart(rangeStart())
        .setEnd(rangeEnd());
  }

  /** The selector of one service. */
  static String ofService(String service) {
    return "{service_name=\"" + service + "\"}";
  }

  static long rangeStart() {
    return System.currentTimeMillis() - Duration.ofHours(1).toMillis();
  }

  static long rangeEnd() {
    return System.currentTimeMillis() + Duration.ofMinutes(1).toMillis();
  }
}
