/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import io.flamelake.proto.types.v1.GoPGO;
import io.flamelake.proto.types.v1.StackTraceSelector;
import io.flamelake.rpc.RpcException;

/**
 * What is kept of the stacks in a merged pprof.
 *
 * @param maxNodes about how many nodes the tree of all stacks may have; 0: as many as there are
 * @param maxFrames how many frames of a stack are kept, from the leaf on; 0: all
 * @param hasLeafLines whether the innermost frames keep their line numbers
 */
record PprofShape(long maxNodes, int maxFrames, boolean hasLeafLines) {
  /** Everything is kept. */
  static final PprofShape WHOLE = new PprofShape(0, 0, true);

  /**
   * The shape that a request asks for.
   *
   * @throws RpcException {@code invalid_argument} if it keeps a number of locations that is none
   */
  static PprofShape of(StackTraceSelector selector, long maxNodes) {
    GoPGO goPgo = selector.getGoPgo();
    if (goPgo.getKeepLocations() < 0) {
      throw RpcException.invalidArgument(
          "go_pgo.keep_locations: "
              + Integer.toUnsignedString(goPgo.getKeepLocations())
              + " (expected: < 2147483648)");
    }

    return new PprofShape(maxNodes, goPgo.getKeepLocations(), !goPgo.getAggregateCallees());
  }

  boolean isWhole() {
    return equals(WHOLE);
  }
}
