/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import static io.flamelake.model.pprof.ProtobufCursor.LENGTH_DELIMITED;
import static io.flamelake.model.pprof.ProtobufCursor.VARINT;

import io.flamelake.gateway.otlp.AttributeTable.Role;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.ProtobufCursor;
import io.flamelake.rpc.MemoryBudget.Reservation;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads a {@code ProfilesDictionary} table by table, since entries refer to tables that come later.
 */
final class DictionaryReader {

  private static final int TRACE_ID_BYTES = 16;
  private static final int SPAN_ID_BYTES = 8;

  private final byte[] export;
  private final List<Part> parts;
  private final TableSizes sizes;
  private final StringTable strings;
  private final AttributeTable attributes;
  private final Dictionary dictionary;

  private int mapping;
  private int function;
  private int location;
  private int line;
  private int stack;
  private int stackLocation;
  private int link;

  private DictionaryReader(byte[] export, List<Part> parts, TableSizes sizes) {
    this.export = export;
    this.parts = parts;
    this.sizes = sizes;
    this.strings = new StringTable(export, sizes.strings());
    this.attributes = new AttributeTable(export, strings, sizes.attributes());
    this.dictionary = new Dictionary(export, strings, attributes, sizes);
  }

  /**
   * Reads the dictionary that lies in these parts of an export. Its strings stay there, and are
   * checked only when they are used.
   *
   * @param reservation takes the memory before it is used
   * @throws MalformedProfileException if it is not protobuf, or refers to what it does not have
   */
  static Dictionary read(byte[] export, List<Part> parts, Reservation reservation) {
    TableSizes sizes = TableSizes.count(export, parts);
    reservation.grow(sizes.bytes());
    return new DictionaryReader(export, parts, sizes).read();
  }

  private Dictionary read() {
    readTable(TableSizes.STRING, this::readString);
    readTable(TableSizes.ATTRIBUTE, attributes::add);
    readTable(TableSizes.MAPPING, this::readMapping);
    readTable(TableSizes.FUNCTION, this::readFunction);
    readTable(TableSizes.LOCATION, this::readLocation);
    readTable(TableSizes.STACK, this::readStack);
    readTable(TableSizes.LINK, this::readLink);
    return dictionary;
  }

  private void readTable(int table, Consumer<ProtobufCursor> entry) {
    for (Part part : parts) {
      ProtobufCursor in = new ProtobufCursor(export, part.offset(), part.length());
      while (in.hasMore()) {
        int tag = in.readTag();
        if (tag == table) {
          entry.accept(in);
        } else {
          in.skip(tag);
        }
      }
    }
  }

  private void readString(ProtobufCursor in) {
    int length = in.readLength();
    strings.add(in.position(), length);
    in.seek(in.position() + length);
  }

  private void readMapping(ProtobufCursor in) {
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      switch (tag) {
        case 1 << 3 | VARINT -> dictionary.mappingStarts[mapping] = in.readVarint();
        case 2 << 3 | VARINT -> dictionary.mappingLimits[mapping] = in.readVarint();
        case 3 << 3 | VARINT -> dictionary.mappingOffsets[mapping] = in.readVarint();
        case 4 << 3 | VARINT -> dictionary.mappingFiles[mapping] = readStringIndex(in);
        case 5 << 3 | VARINT -> readMappingAttribute(in);
        case 5 << 3 | LENGTH_DELIMITED -> readPacked(in, this::readMappingAttribute);
        default -> in.skip(tag);
      }
    }

    in.leave(outer);
    mapping++;
  }

  private void readMappingAttribute(ProtobufCursor in) {
    int attribute = readFrameAttribute(in);
    if (attribute > 0 && attributes.role(attribute) == Role.BUILD_ID) {
      dictionary.mappingBuildIds[mapping] = attribute;
    }
  }

  private int readFrameAttribute(ProtobufCursor in) {
    int attribute = TableIndex.read(in, "Attribute", sizes.attributes());
    dictionary.frameAttributes.set(attribute);
    return attribute;
  }

  private void readFunction(ProtobufCursor in) {
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      switch (tag) {
        case 1 << 3 | VARINT -> dictionary.functionNames[function] = readStringIndex(in);
        case 2 << 3 | VARINT -> dictionary.functionSystemNames[function] = readStringIndex(in);
        case 3 << 3 | VARINT -> dictionary.functionFiles[function] = readStringIndex(in);
        case 4 << 3 | VARINT -> dictionary.functionStartLines[function] = in.readVarint();
        default -> in.skip(tag);
      }
    }

    in.leave(outer);
    function++;
  }

  private void readLocation(ProtobufCursor in) {
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      switch (tag) {
        case 1 << 3 | VARINT ->
            dictionary.locationMappings[location] =
                TableIndex.read(in, "Mapping", sizes.mappings());
        case 2 << 3 | VARINT -> dictionary.locationAddresses[location] = in.readVarint();
        case TableSizes.LOCATION_LINE -> readLine(in);
        case 4 << 3 | VARINT -> readFrameAttribute(in);
        case 4 << 3 | LENGTH_DELIMITED -> readPacked(in, this::readFrameAttribute);
        default -> in.skip(tag);
      }
    }

    in.leave(outer);
    dictionary.locationLines[++location] = line;
  }

  private void readLine(ProtobufCursor in) {
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      switch (tag) {
        case 1 << 3 | VARINT ->
            dictionary.lineFunctions[line] = TableIndex.read(in, "Function", sizes.functions());
        case 2 << 3 | VARINT -> dictionary.lineNumbers[line] = in.readVarint();
        default -> in.skip(tag);
      }
    }

    in.leave(outer);
    line++;
  }

  private void readStack(ProtobufCursor in) {
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      switch (tag) {
        case TableSizes.STACK_LOCATION -> readStackLocation(in);
        case TableSizes.STACK_LOCATIONS -> readPacked(in, this::readStackLocation);
        default -> in.skip(tag);
      }
    }

    in.leave(outer);
    dictionary.stackStarts[++stack] = stackLocation;
  }

  private void readStackLocation(ProtobufCursor in) {
    dictionary.stackLocations[stackLocation++] = TableIndex.read(in, "Location", sizes.locations());
  }

  private void readLink(ProtobufCursor in) {
    dictionary.linkTraces[link] = Dictionary.NO_ID;
    dictionary.linkSpans[link] = Dictionary.NO_ID;
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      switch (tag) {
        case 1 << 3 | LENGTH_DELIMITED -> dictionary.linkTraces[link] = readId(in, TRACE_ID_BYTES);
        case 2 << 3 | LENGTH_DELIMITED -> dictionary.linkSpans[link] = readId(in, SPAN_ID_BYTES);
        default -> in.skip(tag);
      }
    }

    in.leave(outer);
    link++;
  }

  /** Returns where an id is; one of another length, or all zeros, is none. */
  private int readId(ProtobufCursor in, int idBytes) {
    int length = in.readLength();
    int offset = in.position();
    in.seek(offset + length);
    if (length == idBytes) {
      for (int i = offset; i < offset + length; i++) {
        if (export[i] != 0) {
          return offset;
        }
      }
    }

    return Dictionary.NO_ID;
  }

  private int readStringIndex(ProtobufCursor in) {
    return TableIndex.read(in, "String", sizes.strings());
  }

  private static void readPacked(ProtobufCursor in, Consumer<ProtobufCursor> element) {
    int outer = in.enter();
    while (in.hasMore()) {
      element.accept(in);
    }

    in.leave(outer);
  }
}
