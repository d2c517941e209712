/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.adhoc;

/** A tenant has as many files as it may have. */
public final class TooManyProfilesException extends RuntimeException {
  private static final long serialVersionUID = 1;

  TooManyProfilesException(int max) {
    super("There are " + max + " uploaded profiles, no more are kept");
  }
}
