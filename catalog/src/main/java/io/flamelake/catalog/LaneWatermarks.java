/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * How far a table has taken in each lane of the segment log: the highest sequence that is contained
 * completely, with all that are before it.
 *
 * <p>Kept in the table's properties, one for each lane, and set by the same commit that adds the
 * data: where the table is, there its watermarks are. Immutable.
 */
public final class LaneWatermarks {
  public static final LaneWatermarks NONE = new LaneWatermarks(new TreeMap<>());

  /** Of the table's properties; a lane's id follows. */
  public static final String PROPERTY_PREFIX = "flamelake.lane.";

  /** Of the snapshot's summary: the watermarks of the lanes that the commit advanced. */
  public static final String SUMMARY_PROPERTY = "flamelake.lanes";

  /** The watermark of a lane that nothing was taken from. */
  public static final long BEFORE_FIRST = -1;

  private final SortedMap<String, Long> sequences;

  private LaneWatermarks(TreeMap<String, Long> sequences) {
    this.sequences = Collections.unmodifiableSortedMap(sequences);
  }

  /** Reads the watermarks of the table's metadata as last refreshed. */
  public static LaneWatermarks of(Table table) {
    return ofProperties(table.properties());
  }

  /** Reads the watermarks among a table's properties. */
  public static LaneWatermarks ofProperties(Map<String, String> properties) {
    TreeMap<String, Long> sequences = new TreeMap<>();
    for (Map.Entry<String, String> property : properties.entrySet()) {
      if (property.getKey().startsWith(PROPERTY_PREFIX)) {
        sequences.put(
            property.getKey().substring(PROPERTY_PREFIX.length()),
            parseSequence(property.getKey(), property.getValue()));
      }
    }

    return new LaneWatermarks(sequences);
  }

  /** Returns watermarks from lane ids and sequences. */
  public static LaneWatermarks ofSequences(Map<String, Long> sequences) {
    return NONE.advancedTo(sequences);
  }

  /**
   * Reads the watermarks that a commit advanced from its snapshot's {@link #SUMMARY_PROPERTY}.
   *
   * @param summary as of {@link #toSummary}; empty for a commit that advanced none
   */
  public static LaneWatermarks ofSummary(String summary) {
    TreeMap<String, Long> sequences = new TreeMap<>();
    for (String entry : summary.isEmpty() ? new String[0] : summary.split(",", -1)) {
      int separator = entry.indexOf('=');
      String lane = entry.substring(0, Math.max(0, separator));
      sequences.put(lane, parseSequence(SUMMARY_PROPERTY, entry.substring(separator + 1)));
    }

    return new LaneWatermarks(sequences);
  }

  /** Returns a lane's watermark, or {@link #BEFORE_FIRST}. */
  public long sequence(String laneId) {
    return sequences.getOrDefault(laneId, BEFORE_FIRST);
  }

  /** Whether a segment is in the table. */
  public boolean covers(String laneId, long sequence) {
    return sequence <= sequence(laneId);
  }

  /** Says where a set of ranges is, seen from these watermarks. */
  public Coverage coverage(LaneRanges ranges) {
    boolean someCovered = false;
    boolean someMissing = false;
    boolean someNext = false;
    for (Map.Entry<String, LaneRanges.Range> entry : ranges.asMap().entrySet()) {
      long watermark = sequence(entry.getKey());
      LaneRanges.Range range = entry.getValue();
      someCovered |= watermark > range.fromExclusive();
      someMissing |= watermark < range.fromExclusive();
      someNext |= watermark < range.toInclusive();
    }

    if (someMissing) {
      return Coverage.GAP;
    }

    if (!someNext) {
      return Coverage.ALL;
    }

    return someCovered ? Coverage.PART : Coverage.NONE;
  }

  /** Lane ids and sequences, in order of the ids. */
  public Map<String, Long> asMap() {
    return sequences;
  }

  /** Returns these watermarks with those of some lanes moved on; none moves back. */
  public LaneWatermarks advancedTo(Map<String, Long> newSequences) {
    TreeMap<String, Long> advanced = new TreeMap<>(sequences);
    newSequences.forEach((lane, sequence) -> advanced.merge(lane, sequence, Math::max));
    return new LaneWatermarks(advanced);
  }

  /** Returns these watermarks after a set of ranges was taken in. */
  public LaneWatermarks advancedTo(LaneRanges ranges) {
    return advancedTo(ranges.ends());
  }

  /** The watermarks as properties of a table. */
  public Map<String, String> toProperties() {
    TreeMap<String, String> properties = new TreeMap<>();
    sequences.forEach(
        (lane, sequence) -> properties.put(PROPERTY_PREFIX + lane, Long.toString(sequence)));
    return properties;
  }

  /** The watermarks as the value of {@link #SUMMARY_PROPERTY}: {@code lane=sequence,…}. */
  public String toSummary() {
    return sequences.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(","));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LaneWatermarks watermarks && sequences.equals(watermarks.sequences);
  }

  @Override
  public int hashCode() {
    return sequences.hashCode();
  }

  @Override
  public String toString() {
    return sequences.toString();
  }

  private static long parseSequence(String property, String value) {
    try {
      long sequence = Long.parseLong(value);
      if (sequence >= BEFORE_FIRST) {
        return sequence;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(wrongSequence(property, value), e);
    }

    throw new IllegalArgumentException(wrongSequence(property, value));
  }

  private static String wrongSequence(String property, String value) {
    return "Table property "
        + requireNonNull(property, "property")
        + ": "
        + value
        + " (expected: a sequence number)";
  }

  /** Where a set of ranges is, seen from a table's watermarks. */
  public enum Coverage {
    /** The table has none of it, and all that is before it: it can be committed. */
    NONE,
    /** The table has some of it. */
    PART,
    /** The table has all of it. */
    ALL,
    /** The table lacks segments before it: committing it would lose them. */
    GAP
  }
}
