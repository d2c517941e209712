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
import org.jspecify.annotations.Nullable;

/**
 * The query of {@code /ingest}.
 *
 * @param name application and labels
 * @param from the profile's time, for profiles that hold none
 * @param spyName the client's profiler
 * @param format how the body is to be read
 */
record IngestParameters(AppName name, Instant from, String spyName, IngestFormat format) {

  private static final String UNKNOWN = "unknown";

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
      AtTime.parse(query.get("until", "now"), now);
      return new IngestParameters(
          AppName.parse(name),
          AtTime.parse(query.get("from", "now"), now),
          nonEmpty(query.get("spyName", UNKNOWN)),
          IngestFormat.of(query.get("format", ""), contentType));
    } catch (IllegalArgumentException e) {
      throw RpcException.invalidArgument("Bad request: " + e.getMessage());
    }
  }

  private static String nonEmpty(String spyName) {
    return spyName.isEmpty() ? UNKNOWN : spyName;
  }
}
