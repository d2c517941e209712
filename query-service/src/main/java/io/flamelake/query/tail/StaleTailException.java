/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.tail;

/**
 * A segment after the pinned version's watermarks is not there any more: it was committed and
 * deleted meanwhile, so that a newer version has to be pinned.
 */
public final class StaleTailException extends RuntimeException {
  StaleTailException(String message, Throwable cause) {
    super(message, cause);
  }

  StaleTailException(String message) {
    super(message);
  }
}
