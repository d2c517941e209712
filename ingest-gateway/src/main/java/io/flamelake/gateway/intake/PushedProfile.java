/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.intake;

import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A pprof as a client sends it, gzipped or plain.
 *
 * @param bytes not changed, and kept until the profile is durable where it is plain
 * @param clientId the id the client chose, by which it may send the profile again
 */
public record PushedProfile(byte[] bytes, @Nullable UUID clientId) {

  private static final Pattern CANONICAL_UUID =
      Pattern.compile("[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}");

  /** Reads an id that may be missing; one that is no UUID counts as missing. */
  public static @Nullable UUID findUuid(String text) {
    // UUID.fromString alone takes "1-1-1-1-1".
    return CANONICAL_UUID.matcher(text).matches() ? UUID.fromString(text) : null;
  }
}
