/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.rest;

import io.flamelake.catalog.rest.RestRoute.Effect;
import java.nio.charset.StandardCharsets;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NamespaceNotEmptyException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NoSuchViewException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.UnprocessableEntityException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import org.apache.iceberg.rest.responses.ErrorResponse;
import org.apache.iceberg.rest.responses.ErrorResponseParser;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exceptions as answers.
 *
 * <p>A client that commits deletes the files of its commit when it is told with a 4xx that nothing
 * was committed. So a write gets one only for exceptions that are thrown before the database is
 * asked, or by which the database said no; after all others the outcome is unknown, which is a 500.
 * Never a 503: clients take it for leave to send the commit once more.
 */
final class RestErrors {
  private static final Logger LOG = LoggerFactory.getLogger(RestErrors.class);

  private static final int BAD_REQUEST = 400;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ACCEPTABLE = 406;
  private static final int CONFLICT = 409;
  private static final int UNPROCESSABLE = 422;
  private static final int INTERNAL_ERROR = 500;
  private static final int UNAVAILABLE = 503;

  private RestErrors() {}

  static RestResponse of(RestRequest request, Effect effect, RuntimeException failure) {
    int status = status(effect, failure);
    String type = failure.getClass().getSimpleName();
    if (status < INTERNAL_ERROR) {
      return of(status, type, String.valueOf(failure.getMessage()));
    }

    LOG.error("Cannot answer {} {}", request.method(), request.path(), failure);
    // The message may hold the database's URI, and that a password.
    String message =
        effect == Effect.WRITE
            ? "The outcome is unknown; the reason is in the server's log"
            : "The catalog cannot be read; the reason is in the server's log";
    return of(status, type, message);
  }

  static RestResponse of(int status, String type, String message) {
    ErrorResponse error =
        ErrorResponse.builder().responseCode(status).withType(type).withMessage(message).build();
    return new RestResponse(
        status, ErrorResponseParser.toJson(error).getBytes(StandardCharsets.UTF_8));
  }

  private static int status(Effect effect, RuntimeException failure) {
    if (failure instanceof NoSuchNamespaceException
        || failure instanceof NoSuchTableException
        || failure instanceof NoSuchViewException) {
      return NOT_FOUND;
    }

    if (failure instanceof AlreadyExistsException
        || failure instanceof CommitFailedException
        || failure instanceof NamespaceNotEmptyException) {
      return CONFLICT;
    }

    if (failure instanceof BadRequestException
        || failure instanceof ValidationException
        || failure instanceof IllegalArgumentException) {
      return BAD_REQUEST;
    }

    if (failure instanceof ForbiddenException) {
      return FORBIDDEN;
    }

    if (failure instanceof UnsupportedOperationException) {
      return NOT_ACCEPTABLE;
    }

    if (failure instanceof UnprocessableEntityException) {
      return UNPROCESSABLE;
    }

    return effect == Effect.WRITE ? INTERNAL_ERROR : readStatus(failure);
  }

  private static int readStatus(RuntimeException failure) {
    if (failure instanceof NotFoundException) {
      return NOT_FOUND;
    }

    // A database that is down may come back: clients send a read once more.
    return failure instanceof UncheckedSQLException ? UNAVAILABLE : INTERNAL_ERROR;
  }
}
