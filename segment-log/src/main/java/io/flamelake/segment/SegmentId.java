/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import static java.util.Objects.requireNonNull;

import io.flamelake.segment.store.ObjectKey;
import org.jspecify.annotations.Nullable;

/** Where a segment is: its lane, and its sequence number in it, from 0 without gaps. */
public record SegmentId(LaneId lane, long sequence) implements Comparable<SegmentId> {
  static final String PREFIX = "segments/";

  private static final String SUFFIX = ".seg";
  private static final int SEQUENCE_LENGTH = 20;

  public SegmentId {
    requireNonNull(lane, "lane");
    if (sequence < 0) {
      throw new IllegalArgumentException("sequence: " + sequence + " (expected: >= 0)");
    }
  }

  /** Returns the segment of a key, or null if it is none of a segment. */
  public static @Nullable SegmentId find(ObjectKey key) {
    String value = key.value();
    int nameStart = PREFIX.length() + LaneId.LENGTH + 1;
    int nameLength = SEQUENCE_LENGTH + SUFFIX.length();
    if (value.length() != nameStart + nameLength || !value.startsWith(PREFIX)) {
      return null;
    }

    LaneId lane = LaneId.find(value.substring(PREFIX.length(), nameStart - 1));
    long sequence = parseDigits(value.substring(nameStart, nameStart + SEQUENCE_LENGTH));
    if (lane == null || sequence < 0 || !value.endsWith(SUFFIX)) {
      return null;
    }

    SegmentId id = new SegmentId(lane, sequence);
    return id.key().equals(key) ? id : null;
  }

  public ObjectKey key() {
    return new ObjectKey(lanePrefix(lane) + paddedSequence() + SUFFIX);
  }

  /** Returns the id of the segment that follows in the lane. */
  public SegmentId next() {
    return new SegmentId(lane, sequence + 1);
  }

  @Override
  public int compareTo(SegmentId other) {
    int byLane = lane.compareTo(other.lane);
    return byLane != 0 ? byLane : Long.compare(sequence, other.sequence);
  }

  @Override
  public String toString() {
    return lane + "/" + sequence;
  }

  static String lanePrefix(LaneId lane) {
    return PREFIX + lane + "/";
  }

  String paddedSequence() {
    String digits = Long.toString(sequence);
    return "0".repeat(SEQUENCE_LENGTH - digits.length()) + digits;
  }

  private static long parseDigits(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
