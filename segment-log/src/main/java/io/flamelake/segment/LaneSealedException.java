/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

/** The lane was sealed, by its writer or by whoever took it for dead. */
public final class LaneSealedException extends LaneClosedException {
  LaneSealedException(SegmentId seal, String reason) {
    super("Lane " + seal.lane() + " is sealed at " + seal.sequence() + ": " + reason);
  }
}
