/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

/**
 * The lane's next sequence holds what this writer did not put there, or it could not find out
 * whether its last segment is there.
 */
public final class LaneFencedException extends LaneClosedException {
  LaneFencedException(String message) {
    super(message);
  }
}
