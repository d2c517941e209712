/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.loop;

/** A target did not serve what was asked of it. */
final class ScrapeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ScrapeException(String message) {
    super(message);
  }

  ScrapeException(String message, Throwable cause) {
    super(message, cause);
  }
}
