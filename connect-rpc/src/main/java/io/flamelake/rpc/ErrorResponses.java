/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpHeadersBuilder;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Error bodies, {@code {"code":…,"message":…}}: Connect's, and so those of every other path too.
 */
final class ErrorResponses {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private ErrorResponses() {}

  static HttpResponse of(RpcException error) {
    return of(error, HttpHeaders.of());
  }

  static HttpResponse of(RpcException error, HttpHeaders extraHeaders) {
    HttpData body = body(error.code(), error.message());
    return HttpResponse.of(headers(error.httpStatus(), error.retryAfter(), extraHeaders), body);
  }

  static ResponseHeaders headers(
      HttpStatus status, @Nullable Duration retryAfter, HttpHeaders extraHeaders) {
    HttpHeadersBuilder headers = HttpHeaders.builder().add(extraHeaders);
    if (retryAfter != null) {
      headers.setLong(HttpHeaderNames.RETRY_AFTER, retryAfterSeconds(retryAfter));
    }

    return ResponseHeaders.builder(status).contentType(MediaType.JSON).add(headers.build()).build();
  }

  static HttpData body(RpcCode code, String message) {
    Map<String, String> fields = new TreeMap<>();
    fields.put("code", code.wireName());
    fields.put("message", message);
    try {
      return HttpData.wrap(JSON.writeValueAsBytes(fields));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A map of strings could not be written as JSON", e);
    }
  }

  static long retryAfterSeconds(Duration retryAfter) {
    return Math.max(1, retryAfter.plusMillis(999).toSeconds());
  }
}
