/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import static io.flamelake.model.pprof.ProtobufCursor.LENGTH_DELIMITED;
import static io.flamelake.model.pprof.ProtobufCursor.VARINT;

import io.flamelake.model.pprof.ProtobufCursor;
import java.util.List;

/**
 * How many entries the tables of a dictionary have, so that their memory can be asked for first.
 */
final class TableSizes {

  static final int MAPPING = 1 << 3 | LENGTH_DELIMITED;
  static final int LOCATION = 2 << 3 | LENGTH_DELIMITED;
  static final int FUNCTION = 3 << 3 | LENGTH_DELIMITED;
  static final int LINK = 4 << 3 | LENGTH_DELIMITED;
  static final int STRING = 5 << 3 | LENGTH_DELIMITED;
  static final int ATTRIBUTE = 6 << 3 | LENGTH_DELIMITED;
  static final int STACK = 7 << 3 | LENGTH_DELIMITED;

  static final int LOCATION_LINE = 3 << 3 | LENGTH_DELIMITED;
  static final int STACK_LOCATIONS = 1 << 3 | LENGTH_DELIMITED;
  static final int STACK_LOCATION = 1 << 3 | VARINT;

  // Bytes of arrays for each entry, those for the ids of profiles included.
  private static final long MAPPING_BYTES = 3 * Long.BYTES + 3 * Integer.BYTES;
  private static final long LOCATION_BYTES = Long.BYTES + 3 * Integer.BYTES;
  private static final long LINE_BYTES = Long.BYTES + Integer.BYTES;
  private static final long FUNCTION_BYTES = Long.BYTES + 4 * Integer.BYTES;
  private static final long LINK_BYTES = 4 * Integer.BYTES;
  private static final long STRING_BYTES = 4 * Integer.BYTES;
  private static final long ATTRIBUTE_BYTES = Long.BYTES + 5 * Integer.BYTES;

  private int mappings;
  private int locations;
  private int lines;
  private int functions;
  private int links;
  private int strings;
  private int attributes;
  private int stacks;
  private int stackLocations;

  private TableSizes() {}

  /** Counts the entries of a dictionary, which may come in several parts. */
  static TableSizes count(byte[] export, List<Part> parts) {
    TableSizes sizes = new TableSizes();
    for (Part part : parts) {
      sizes.count(new ProtobufCursor(export, part.offset(), part.length()));
    }

    return sizes;
  }

  int mappings() {
    return mappings;
  }

  int locations() {
    return locations;
  }

  int lines() {
    return lines;
  }

  int functions() {
    return functions;
  }

  int links() {
    return links;
  }

  int strings() {
    return strings;
  }

  int attributes() {
    return attributes;
  }

  int stacks() {
    return stacks;
  }

  int stackLocations() {
    return stackLocations;
  }

  /** The memory that the tables take as arrays. */
  long bytes() {
    return MAPPING_BYTES * mappings
        + LOCATION_BYTES * locations
        + LINE_BYTES * lines
        + FUNCTION_BYTES * functions
        + LINK_BYTES * links
        + STRING_BYTES * strings
        + ATTRIBUTE_BYTES * attributes
        + Integer.BYTES * ((long) stacks + stackLocations);
  }

  private void count(ProtobufCursor in) {
    while (in.hasMore()) {
      int tag = in.readTag();
      switch (tag) {
        case MAPPING -> mappings++;
        case LOCATION -> locations++;
        case FUNCTION -> functions++;
        case LINK -> links++;
        case STRING -> strings++;
        case ATTRIBUTE -> attributes++;
        case STACK -> stacks++;
        default -> {}
      }

      switch (tag) {
        case LOCATION -> countLines(in);
        case STACK -> countStackLocations(in);
        default -> in.skip(tag);
      }
    }
  }

  private void countLines(ProtobufCursor in) {
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      lines += tag == LOCATION_LINE ? 1 : 0;
      in.skip(tag);
    }

    in.leave(outer);
  }

  private void countStackLocations(ProtobufCursor in) {
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      if (tag == STACK_LOCATIONS) {
        int packed = in.enter();
        for (; in.hasMore(); stackLocations++) {
          in.readVarint();
        }

        in.leave(packed);
        continue;
      }

      stackLocations += tag == STACK_LOCATION ? 1 : 0;
      in.skip(tag);
    }

    in.leave(outer);
  }
}
