/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.rest;

import static java.util.Objects.requireNonNull;

/**
 * The catalog's answer.
 *
 * @param body UTF-8 JSON, or empty; not copied
 */
public record RestResponse(int status, byte[] body) {
  static final int OK = 200;
  static final int NO_CONTENT = 204;

  public RestResponse {
    requireNonNull(body, "body");
  }
}
