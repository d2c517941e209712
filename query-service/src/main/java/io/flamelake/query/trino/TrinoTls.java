/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * How the connection to Trino is encrypted.
 *
 * @param verification what is checked of the server
 * @param trustStorePath certificates to trust, a PEM, JKS or PKCS#12 file; null: the JVM's own
 * @param trustStorePassword null if it has none
 */
public record TrinoTls(
    Verification verification,
    @Nullable String trustStorePath,
    @Nullable String trustStorePassword) {

  /** No TLS. */
  public static final TrinoTls OFF = new TrinoTls(Verification.OFF, null, null);

  /** What is checked of the server's certificate. */
  public enum Verification {
    /** No encryption at all. */
    OFF,
    /** Encrypted, to whomever answers. */
    NONE,
    /** The certificate has to be trusted, for whatever host. */
    CA,
    /** The certificate has to be trusted, and to be this host's. */
    FULL
  }

  public TrinoTls {
    requireNonNull(verification, "verification");
    if (trustStorePath == null && trustStorePassword != null) {
      throw new IllegalArgumentException(
          "trustStorePassword (expected: none without a trustStorePath)");
    }

    if (trustStorePath != null
        && (verification == Verification.OFF || verification == Verification.NONE)) {
      throw new IllegalArgumentException(
          "trustStorePath: "
              + trustStorePath
              + " (expected: none, since verification is "
              + verification
              + ")");
    }
  }

  public boolean isEnabled() {
    return verification != Verification.OFF;
  }

  /** Without the password. */
  @Override
  public String toString() {
    return verification.toString();
  }
}
