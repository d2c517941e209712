/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

/**
 * An object at a segment's place is not a whole segment of a known version: nothing of it is used.
 */
public final class CorruptSegmentException extends RuntimeException {
  private final SegmentId id;
  private final String reason;

  CorruptSegmentException(SegmentId id, String reason) {
    super("Segment " + id + " is corrupt: " + reason);
    this.id = id;
    this.reason = reason;
  }

  public SegmentId id() {
    return id;
  }

  public String reason() {
    return reason;
  }
}
