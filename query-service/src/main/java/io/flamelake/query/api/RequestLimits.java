/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import static java.util.Objects.requireNonNull;

import io.flamelake.query.QueryLimits;
import io.flamelake.rpc.RpcException;
import java.time.Clock;
import java.time.Duration;

/** Reads the times and numbers of one request and holds them to the limits of its tenants. */
final class RequestLimits {
  private static final Duration DEFAULT_RANGE = Duration.ofHours(1);

  /** How far ahead of this server's clock a profile's may be. */
  private static final Duration MAX_CLOCK_SKEW = Duration.ofDays(1);

  private final QueryLimits limits;
  private final Clock clock;

  RequestLimits(QueryLimits limits, Clock clock) {
    this.limits = requireNonNull(limits, "limits");
    this.clock = requireNonNull(clock, "clock");
  }

  /**
   * The range of a query that reads samples.
   *
   * @throws RpcException {@code invalid_argument} if the range is missing, turned around or too
   *     long
   */
  RequestRange dataRange(long startMillis, long endMillis) {
    checkComplete(startMillis, endMillis);
    RequestRange range = inLookback(startMillis, endMillis);
    if (range.isEmpty()) {
      return range;
    }

    Duration limit = limits.maxQueryLength();
    long length = range.endMillis() - range.startMillis();
    if (!limit.isZero() && (length < 0 || length > limit.toMillis())) {
      throw RpcException.invalidArgument(
          "the query time range exceeds the limit (max_query_length, actual: "
              + (length < 0 ? "unlimited" : text(Duration.ofMillis(length)))
              + ", limit: "
              + text(limit)
              + ")");
    }

    return range;
  }

  /**
   * The range of a query that lists profile types, labels or series. No range at all means the last
   * hour, and no range is too long: listing is cheap, and a selection box that stays empty helps
   * nobody.
   *
   * @throws RpcException {@code invalid_argument} if half of the range is missing, or it is turned
   *     around
   */
  RequestRange listingRange(long startMillis, long endMillis) {
    if (startMillis == 0 && endMillis == 0) {
      long now = clock.millis();
      // Profiles of this very millisecond are inside.
      return new RequestRange(now - DEFAULT_RANGE.toMillis(), now + 1);
    }

    checkComplete(startMillis, endMillis);
    RequestRange range = inLookback(startMillis, endMillis);
    long latest = clock.millis() + MAX_CLOCK_SKEW.toMillis();
    return new RequestRange(range.startMillis(), Math.min(range.endMillis(), latest));
  }

  private static void checkComplete(long startMillis, long endMillis) {
    if (startMillis == 0 || endMillis == 0) {
      throw RpcException.invalidArgument("missing time range in the query");
    }

    if (startMillis > endMillis) {
      throw RpcException.invalidArgument("query start time is after end time");
    }
  }

  private RequestRange inLookback(long startMillis, long endMillis) {
    Duration lookback = limits.maxQueryLookback();
    if (lookback.isZero()) {
      return new RequestRange(startMillis, endMillis);
    }

    long oldest = clock.millis() - lookback.toMillis();
    return new RequestRange(Math.max(startMillis, oldest), endMillis);
  }

  /**
   * How many nodes a flame graph may have; 0: as many as there are.
   *
   * @param requested the request's number, 0 if it names none
   * @throws RpcException {@code invalid_argument} if the number is negative or over the limit
   */
  long maxNodes(long requested) {
    int limit = limits.maxNodes();
    if (requested == 0) {
      return limits.defaultMaxNodes();
    }

    if (requested < 0) {
      throw RpcException.invalidArgument(
          "max flamegraph nodes limit must be set (max allowed " + limit + ")");
    }

    if (limit > 0 && requested > limit) {
      throw RpcException.invalidArgument(
          "max flamegraph nodes limit " + requested + " is greater than allowed " + limit);
    }

    return requested;
  }

  /**
   * How many nodes a file of merged stacks may have; 0: as many as there are. It is cut when its
   * request says so, and by default only where the tenant's limits do.
   *
   * @param requested the request's number, 0 if it names none
   * @throws RpcException {@code invalid_argument} if the number is negative or over the limit
   */
  long maxPprofNodes(long requested) {
    return requested == 0 && !limits.limitsMergedProfiles() ? 0 : maxNodes(requested);
  }

  /** The most series that a listing may find. */
  int maxSeries() {
    return limits.maxSeries();
  }

  private static String text(Duration duration) {
    StringBuilder text = new StringBuilder();
    if (duration.toHours() > 0) {
      text.append(duration.toHours()).append('h');
    }

    if (duration.toMinutesPart() > 0) {
      text.append(duration.toMinutesPart()).append('m');
    }

    if (duration.toSecondsPart() > 0 || text.isEmpty()) {
      text.append(duration.toSecondsPart()).append('s');
    }

    return text.toString();
  }
}
