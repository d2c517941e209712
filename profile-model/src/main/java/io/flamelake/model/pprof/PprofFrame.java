/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.pprof;

import static java.util.Objects.requireNonNull;

/** One frame of a stack handed to {@link PprofBuilder}. */
public record PprofFrame(String function, String file, int line) {

  public PprofFrame {
    requireNonNull(function, "function");
    requireNonNull(file, "file");
  }

  public static PprofFrame of(String function) {
    return new PprofFrame(function, "", 0);
  }
}
