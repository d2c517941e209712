/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.limits;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.DiscardReason;
import io.flamelake.model.LabelSet;
import io.flamelake.model.pprof.MalformedProfileException;

/** A profile that breaks a rule: the sender's fault, and the same bytes will break it again. */
public final class RejectedProfileException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** How the decoder begins to say that a profile is over a limit. */
  private static final String EXCEEDS = "Profile exceeds ";

  private static final int SUBJECT = "Profile ".length();

  private final DiscardReason reason;

  public RejectedProfileException(DiscardReason reason, String message) {
    super(requireNonNull(message, "message"));
    this.reason = requireNonNull(reason, "reason");
  }

  /** A profile that the decoder does not take, in the words that clients know. */
  public static RejectedProfileException of(LabelSet labels, MalformedProfileException cause) {
    String message = String.valueOf(cause.getMessage());
    String described = LabelRules.describe(labels);
    return new RejectedProfileException(
        cause.reason(),
        message.startsWith(EXCEEDS)
            ? "the profile with labels '%s' %s".formatted(described, message.substring(SUBJECT))
            : "profile with labels '%s': %s".formatted(described, message));
  }

  /** What the discard is counted under. */
  public DiscardReason reason() {
    return reason;
  }
}
