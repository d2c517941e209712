/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import org.jspecify.annotations.Nullable;

/** What the payload of a segment record is. */
public enum PayloadKind {
  /** A profile in pprof's format, not compressed. */
  PPROF(1);

  private final int code;

  PayloadKind(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static @Nullable PayloadKind find(int code) {
    return code == PPROF.code ? PPROF : null;
  }
}
