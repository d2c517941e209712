/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.linecorp.armeria.common.HttpStatus;

/**
 * An outcome of an rpc: the same list in gRPC (number), Connect (wire name) and plain HTTP
 * (status).
 */
public enum RpcCode {
  CANCELED(1, "canceled", 499),
  UNKNOWN(2, "unknown", 500),
  INVALID_ARGUMENT(3, "invalid_argument", 400),
  DEADLINE_EXCEEDED(4, "deadline_exceeded", 504),
  NOT_FOUND(5, "not_found", 404),
  ALREADY_EXISTS(6, "already_exists", 409),
  PERMISSION_DENIED(7, "permission_denied", 403),
  RESOURCE_EXHAUSTED(8, "resource_exhausted", 429),
  FAILED_PRECONDITION(9, "failed_precondition", 400),
  ABORTED(10, "aborted", 409),
  OUT_OF_RANGE(11, "out_of_range", 400),
  UNIMPLEMENTED(12, "unimplemented", 501),
  INTERNAL(13, "internal", 500),
  UNAVAILABLE(14, "unavailable", 503),
  DATA_LOSS(15, "data_loss", 500),
  UNAUTHENTICATED(16, "unauthenticated", 401);

  private final int number;
  private final String wireName;
  private final HttpStatus httpStatus;

  RpcCode(int number, String wireName, int httpStatus) {
    this.number = number;
    this.wireName = wireName;
    this.httpStatus = HttpStatus.valueOf(httpStatus);
  }

  /** The code's number in gRPC. */
  public int number() {
    return number;
  }

  /** The code's name in a Connect error body. */
  public String wireName() {
    return wireName;
  }

  /** The status Connect answers with for this code. */
  public HttpStatus httpStatus() {
    return httpStatus;
  }

  /** The code that describes best what an HTTP status, found outside of any rpc, says. */
  static RpcCode ofHttpStatus(HttpStatus status) {
    return switch (status.code()) {
      case 401 -> UNAUTHENTICATED;
      case 403 -> PERMISSION_DENIED;
      case 404 -> NOT_FOUND;
      case 405, 501 -> UNIMPLEMENTED;
      case 408, 504 -> DEADLINE_EXCEEDED;
      case 413, 429 -> RESOURCE_EXHAUSTED;
      case 499 -> CANCELED;
      case 502, 503 -> UNAVAILABLE;
      default -> status.isClientError() ? INVALID_ARGUMENT : INTERNAL;
    };
  }
}
