/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.delta;

import io.flamelake.model.pprof.Pprof;

/**
 * Tells processes apart whose profiles have the same labels: a process after its restart from the
 * one before, and replicas that are not labelled apart.
 *
 * <p>A Go profile says nothing of its process but the memory map. On Linux that holds the kernel's
 * {@code [vdso]}, whose address is drawn at random when a program is started and stays until it
 * ends. Other addresses are the same in every process (the program's) or may change while it runs.
 */
public final class ProcessIdentity {

  /** Of profiles that do not tell. */
  public static final long UNKNOWN = 0;

  private static final String VDSO = "[vdso]";

  private ProcessIdentity() {}

  /** Returns a number that differs between processes, or {@link #UNKNOWN}. */
  public static long of(Pprof pprof) {
    for (int mapping = 0; mapping < pprof.mappingCount(); mapping++) {
      if (pprof.string(pprof.mappingFile(mapping)).equals(VDSO)) {
        return pprof.mappingStart(mapping);
      }
    }

    return UNKNOWN;
  }
}
