/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.rest;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A request to the catalog.
 *
 * @param method of HTTP, in upper case
 * @param path below the catalog's own, as it was sent: percent-encoded, {@code /v1/config}
 * @param query what followed the question mark, percent-encoded
 * @param body UTF-8 JSON, or empty; not copied
 */
public record RestRequest(String method, String path, @Nullable String query, byte[] body) {
  public RestRequest {
    requireNonNull(method, "method");
    requireNonNull(path, "path");
    requireNonNull(body, "body");
  }
}
