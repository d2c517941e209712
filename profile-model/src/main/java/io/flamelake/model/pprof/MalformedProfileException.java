/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.pprof;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.DiscardReason;

/**
 * A profile that is not valid pprof or is over a limit. The fault is the sender's: sending the same
 * bytes again cannot succeed.
 */
public final class MalformedProfileException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final DiscardReason reason;

  public MalformedProfileException(DiscardReason reason, String message) {
    super(message);
    this.reason = requireNonNull(reason, "reason");
  }

  /** What the discard is counted under. */
  public DiscardReason reason() {
    return reason;
  }

  static MalformedProfileException malformed(String message) {
    return new MalformedProfileException(DiscardReason.MALFORMED_PROFILE, message);
  }
}
