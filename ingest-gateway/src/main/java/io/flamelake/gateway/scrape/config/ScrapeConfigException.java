/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

/** What to scrape cannot be told from a file; the message says where and why. */
public final class ScrapeConfigException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ScrapeConfigException(String message) {
    super(message);
  }

  public ScrapeConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
