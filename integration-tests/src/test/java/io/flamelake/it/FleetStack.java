/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stack of a pushed profile, and its CPU time.
 *
 * @param functions root first, as the tables have them
 * @param address of the leaf in {@link #BINARY} if that has no symbol, else 0
 * @param traceId 32 hexadecimal digits, or null
 */
record FleetStack(List<String> functions, long address, @Nullable String traceId, long cpuNanos) {
  static final String BINARY = "/usr/lib/libopaque.so";
  static final String BUILD_ID = "0badc0de";

  FleetStack {
    functions = List.copyOf(functions);
  }

  String leaf() {
    return functions.get(functions.size() - 1);
  }
}
