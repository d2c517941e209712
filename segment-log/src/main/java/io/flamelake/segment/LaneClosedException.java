/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

/**
 * A lane takes no more segments, and did not take the one at hand: open another lane, and put it
 * there.
 */
public abstract class LaneClosedException extends RuntimeException {
  LaneClosedException(String message) {
    super(message);
  }
}
