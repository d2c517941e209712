/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.QueryParams;
import io.flamelake.rpc.AtTime;
import io.flamelake.rpc.RpcException;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The query of {@code /ingest}.
 *
 * @param name application and labels
 * @param from the profile's time, for profiles that hold none
 * @param until its end
 * @param sampleRate samples a second, for profiles that hold no period
 * @param spyName the client's profiler
 * @param format how the body is to be read
 */
record IngestParameters(
    AppName name,
    Instant from,
    Instant until,
    int sampleRate,
    String spyName,
    IngestFormat format) {

  /** Parameters whose values become labels. */
  static final Set<String> TEXTS = Set.of("name", "spyName");

  private static final String UNKNOWN = "unknown";
  private static final int DEFAULT_SAMPLE_RATE = 100;
  private static final int NANOS_PER_SECOND = 1_000_000_000;

  /**
   * Reads the query.
   *
   * @throws RpcException {@code invalid_argument} if a parameter is missing or malformed
   */
  static IngestParameters parse(QueryParams query, @Nullable MediaType contentType, Instant now) {
    String name = query.get("name", "");
    if (name.isEmpty()) {
      throw RpcException.invalidArgument("The parameter name is missing");
    }

    try {
      return new IngestParameters(
          AppName.parse(name),
          AtTime.parse(query.get("from", "now"), now),
          AtTime.parse(query.get("until", "now"), now),
          sampleRate(query.get("sampleRate", "")),
          nonEmpty(query.get("spyName", UNKNOWN)),
          IngestFormat.of(query.get("format", ""), contentType));
    } catch (IllegalArgumentException e) {
      throw RpcException.invalidArgument("Bad request: " + e.getMessage());
    }
  }

  long fromNanos() {
    return nanos(from);
  }

  long untilNanos() {
    return nanos(until);
  }

  /** Old clients send nonsense here, and mean the default. */
  private static int sampleRate(String text) {
    try {
      int rate = Integer.parseInt(text);
      return rate > 0 && rate <= NANOS_PER_SECOND ? rate : DEFAULT_SAMPLE_RATE;
    } catch (NumberFormatException e) {
      return DEFAULT_SAMPLE_RATE;
    }
  }

  private static long nanos(Instant time) {
    return time.getEpochSecond() * NANOS_PER_SECOND + time.getNano();
  }

  private static String nonEmpty(String spyName) {
    return spyName.isEmpty() ? UNKNOWN : spyName;
  }
}
