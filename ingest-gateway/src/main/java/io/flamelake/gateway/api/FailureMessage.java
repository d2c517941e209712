/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import io.flamelake.model.TenantId;

/** What the client is told of the profiles of a request that were not stored, one by one. */
final class FailureMessage {

  /** gRPC sends the message in a header, and clients take 8 KiB of those by default. */
  private static final int MAX_LENGTH = 2048;

  private final StringBuilder text = new StringBuilder();

  /** Says whose profiles a message is about, before the words that clients may know. */
  static String ofTenant(TenantId tenant, String message) {
    return "Tenant " + tenant + ": " + message;
  }

  /** Adds a failure, unless there is no room for it. */
  void add(String failure) {
    if (text.length() <= MAX_LENGTH) {
      text.append(text.isEmpty() ? "" : "; ").append(failure);
    }
  }

  /**
   * Returns the message.
   *
   * @param total what is said of all failures where not all are named
   */
  String finish(TenantId tenant, String total) {
    if (text.length() > MAX_LENGTH) {
      text.setLength(MAX_LENGTH);
      text.append("… (").append(total).append(" in all)");
    }

    return ofTenant(tenant, text.toString());
  }
}
