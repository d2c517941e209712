/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import java.util.BitSet;

/**
 * The tables that all profiles of an export share, as arrays. Entry 0 of a table stands for
 * nothing; every reference has been checked.
 */
final class Dictionary {

  /** Where an id is that a link does not have. */
  static final int NO_ID = -1;

  private final byte[] export;
  private final StringTable strings;
  private final AttributeTable attributes;

  // Filled by DictionaryReader.
  final int[] functionNames;
  final int[] functionSystemNames;
  final int[] functionFiles;
  final long[] functionStartLines;

  final long[] mappingStarts;
  final long[] mappingLimits;
  final long[] mappingOffsets;
  final int[] mappingFiles;

  /** Numbers of attributes. */
  final int[] mappingBuildIds;

  final int[] locationMappings;
  final long[] locationAddresses;

  /** Where the lines of each location begin, and at last where those of the last end. */
  final int[] locationLines;

  final int[] lineFunctions;
  final long[] lineNumbers;

  /** Where the locations of each stack begin, and at last where those of the last end. */
  final int[] stackStarts;

  final int[] stackLocations;

  /** Offsets of the ids in the export. */
  final int[] linkTraces;

  final int[] linkSpans;

  /** The attributes that mappings and locations refer to. */
  final BitSet frameAttributes = new BitSet();

  Dictionary(byte[] export, StringTable strings, AttributeTable attributes, TableSizes sizes) {
    this.export = export;
    this.strings = strings;
    this.attributes = attributes;
    this.functionNames = new int[sizes.functions()];
    this.functionSystemNames = new int[sizes.functions()];
    this.functionFiles = new int[sizes.functions()];
    this.functionStartLines = new long[sizes.functions()];
    this.mappingStarts = new long[sizes.mappings()];
    this.mappingLimits = new long[sizes.mappings()];
    this.mappingOffsets = new long[sizes.mappings()];
    this.mappingFiles = new int[sizes.mappings()];
    this.mappingBuildIds = new int[sizes.mappings()];
    this.locationMappings = new int[sizes.locations()];
    this.locationAddresses = new long[sizes.locations()];
    this.locationLines = new int[sizes.locations() + 1];
    this.lineFunctions = new int[sizes.lines()];
    this.lineNumbers = new long[sizes.lines()];
    this.stackStarts = new int[sizes.stacks() + 1];
    this.stackLocations = new int[sizes.stackLocations()];
    this.linkTraces = new int[sizes.links()];
    this.linkSpans = new int[sizes.links()];
  }

  byte[] export() {
    return export;
  }

  StringTable strings() {
    return strings;
  }

  AttributeTable attributes() {
    return attributes;
  }

  int functionCount() {
    return functionNames.length;
  }

  int mappingCount() {
    return mappingStarts.length;
  }

  int locationCount() {
    return locationMappings.length;
  }

  int stackCount() {
    return stackStarts.length - 1;
  }

  int linkCount() {
    return linkTraces.length;
  }

  /** Where a stack's locations, leaf first, begin in {@link #stackLocations}. */
  int stackStart(int stack) {
    return stack < stackCount() ? stackStarts[stack] : 0;
  }

  int stackEnd(int stack) {
    return stack < stackCount() ? stackStarts[stack + 1] : 0;
  }
}
