/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.limits;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.DiscardReason;

/** A profile that breaks a rule: the sender's fault, and the same bytes will break it again. */
public final class RejectedProfileException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final DiscardReason reason;

  public RejectedProfileException(DiscardReason reason, String message) {
    super(requireNonNull(message, "message"));
    this.reason = requireNonNull(reason, "reason");
  }

  /** What the discard is counted under. */
  public DiscardReason reason() {
    return reason;
  }
}
