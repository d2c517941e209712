/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.pprof;

import static io.flamelake.model.pprof.MalformedProfileException.malformed;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One decoded and checked pprof. Everything is addressed by position: location, function, mapping
 * and string numbers are positions in their tables, never pprof ids, and all of them are in range.
 *
 * <p>Strings are slices of the decoder's input until {@link #string} is asked for one; the input
 * array is therefore kept and must not change. Not thread-safe, because asked-for strings are kept.
 */
public final class Pprof {

  final byte[] bytes;
  final int byteCount;
  final int maxDepth;

  int[] stringOffsets = {};
  int[] stringLengths = {};
  private @Nullable String @Nullable [] strings;

  int[] sampleTypes = {};
  int[] sampleUnits = {};
  int periodType;
  int periodUnit;
  long period;
  long timeNanos;
  long durationNanos;
  int dropFrames;
  int keepFrames;
  int defaultSampleType;
  int[] comments = {};

  int mappingCount;
  long[] mappingStarts = {};
  long[] mappingLimits = {};
  long[] mappingOffsets = {};
  int[] mappingFiles = {};
  int[] mappingBuildIds = {};

  int functionCount;
  int[] functionNames = {};
  int[] functionSystemNames = {};
  int[] functionFiles = {};
  long[] functionStartLines = {};

  int locationCount;
  int[] locationMappings = {};
  long[] locationAddresses = {};
  int[] locationLines = {};
  int[] lineFunctions = {};
  long[] lineNumbers = {};

  int sampleCount;
  int[] sampleStacks = {};
  int[] stackLocations = {};
  long[] values = {};
  int[] sampleLabels = {};
  int[] labelKeys = {};
  int[] labelStrings = {};
  long[] labelNumbers = {};
  int[] labelUnits = {};

  Pprof(byte[] bytes, int byteCount, int maxDepth) {
    this.bytes = bytes;
    this.byteCount = byteCount;
    this.maxDepth = maxDepth;
  }

  /** The limit under which this was decoded; a stack of inlined lines may still be deeper. */
  public int maxDepth() {
    return maxDepth;
  }

  /** Length of the uncompressed pprof. */
  public int byteCount() {
    return byteCount;
  }

  public int sampleTypeCount() {
    return sampleTypes.length;
  }

  public String sampleType(int type) {
    return string(sampleTypes[type]);
  }

  public String sampleUnit(int type) {
    return string(sampleUnits[type]);
  }

  /** Empty where the profile names none. */
  public String periodType() {
    return string(periodType);
  }

  public String periodUnit() {
    return string(periodUnit);
  }

  public long period() {
    return period;
  }

  /** Start of the profile since the epoch, as sent: 0 where the sender left it out. */
  public long timeNanos() {
    return timeNanos;
  }

  public long durationNanos() {
    return durationNanos;
  }

  /** Empty where the profile names none. */
  public String defaultSampleType() {
    return string(defaultSampleType);
  }

  public String dropFrames() {
    return string(dropFrames);
  }

  public String keepFrames() {
    return string(keepFrames);
  }

  public int commentCount() {
    return comments.length;
  }

  public String comment(int comment) {
    return string(comments[comment]);
  }

  public int sampleCount() {
    return sampleCount;
  }

  /** Position of the sample's leaf in the sequence that {@link #location} reads. */
  public int stackStart(int sample) {
    return sampleStacks[sample];
  }

  /** Position after the sample's root. */
  public int stackEnd(int sample) {
    return sampleStacks[sample + 1];
  }

  /** The location at a position between {@link #stackStart} and {@link #stackEnd}. */
  public int location(int position) {
    return stackLocations[position];
  }

  public long value(int sample, int type) {
    return values[sample * sampleTypes.length + Objects.checkIndex(type, sampleTypes.length)];
  }

  /** Position of the sample's first label in the sequence that the label accessors read. */
  public int labelStart(int sample) {
    return sampleLabels[sample];
  }

  public int labelEnd(int sample) {
    return sampleLabels[sample + 1];
  }

  /** String number of the label's name. */
  public int labelKey(int position) {
    return labelKeys[position];
  }

  /** String number of the label's value; 0, the empty string, for a numeric label. */
  public int labelString(int position) {
    return labelStrings[position];
  }

  public long labelNumber(int position) {
    return labelNumbers[position];
  }

  /** String number of the numeric label's unit. */
  public int labelUnit(int position) {
    return labelUnits[position];
  }

  public int locationCount() {
    return locationCount;
  }

  /** The location's mapping, or -1 for none. */
  public int locationMapping(int location) {
    return locationMappings[location];
  }

  public long locationAddress(int location) {
    return locationAddresses[location];
  }

  /** Position of the location's innermost inlined line. */
  public int lineStart(int location) {
    return locationLines[location];
  }

  /** Position after the location's outermost line, the caller of the inlined ones. */
  public int lineEnd(int location) {
    return locationLines[location + 1];
  }

  public int lineFunction(int position) {
    return lineFunctions[position];
  }

  public long lineNumber(int position) {
    return lineNumbers[position];
  }

  /** Number of lines of all locations. */
  public int lineCount() {
    return lineFunctions.length;
  }

  public int functionCount() {
    return functionCount;
  }

  public int functionName(int function) {
    return functionNames[function];
  }

  public int functionSystemName(int function) {
    return functionSystemNames[function];
  }

  public int functionFile(int function) {
    return functionFiles[function];
  }

  public long functionStartLine(int function) {
    return functionStartLines[function];
  }

  public int mappingCount() {
    return mappingCount;
  }

  public long mappingStart(int mapping) {
    return mappingStarts[mapping];
  }

  public long mappingLimit(int mapping) {
    return mappingLimits[mapping];
  }

  public long mappingOffset(int mapping) {
    return mappingOffsets[mapping];
  }

  public int mappingFile(int mapping) {
    return mappingFiles[mapping];
  }

  public int mappingBuildId(int mapping) {
    return mappingBuildIds[mapping];
  }

  public int stringCount() {
    return stringOffsets.length;
  }

  /** The array that {@link #stringOffset} points into; must not be changed. */
  public byte[] bytes() {
    return bytes;
  }

  public int stringOffset(int string) {
    return stringOffsets[string];
  }

  /** Length in bytes of UTF-8. */
  public int stringLength(int string) {
    return stringLengths[string];
  }

  public String string(int string) {
    if (stringLengths[string] == 0) {
      return "";
    }

    if (strings == null) {
      strings = new @Nullable String[stringOffsets.length];
    }

    String known = strings[string];
    if (known != null) {
      return known;
    }

    String made =
        new String(bytes, stringOffsets[string], stringLengths[string], StandardCharsets.UTF_8);
    strings[string] = made;
    return made;
  }

  /** Narrows a string index of the wire, which may be anything. */
  int checkString(String what, long index) {
    if (index < 0 || index >= stringOffsets.length) {
      throw malformed(
          "String index out of range: "
              + index
              + " for "
              + what
              + " (the table has "
              + stringOffsets.length
              + " strings)");
    }

    return (int) index;
  }
}
