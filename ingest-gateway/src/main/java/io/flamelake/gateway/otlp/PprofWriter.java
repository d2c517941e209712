/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import io.flamelake.gateway.limits.RejectedProfileException;
import io.flamelake.gateway.otlp.AttributeTable.Role;
import io.flamelake.gateway.otlp.AttributeValue.Kind;
import io.flamelake.model.DiscardReason;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.rpc.MemoryBudget.Reservation;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Writes pprofs that hold what they need of a dictionary, numbered in the order of first use. One
 * after the other: the ids of one are forgotten before the next.
 */
final class PprofWriter {

  private static final int TRACE_ID_BYTES = 16;
  private static final int SPAN_ID_BYTES = 8;

  private static final int SAMPLE_TYPE = 1;
  private static final int SAMPLE = 2;
  private static final int MAPPING = 3;
  private static final int LOCATION = 4;
  private static final int FUNCTION = 5;
  private static final int STRING = 6;
  private static final int TIME_NANOS = 9;
  private static final int DURATION_NANOS = 10;
  private static final int PERIOD_TYPE = 11;
  private static final int PERIOD = 12;

  /** The id of a location that leads to no frame. */
  private static final int NO_FRAME = -1;

  private final Dictionary dictionary;
  private final PprofLimits limits;
  private final Reservation reservation;

  /** All but the samples: what one refers to is written before it. */
  private final WireOutput tables;

  private final WireOutput samples;
  private final WireOutput lines;

  private final IdTable stringIds;
  private final IdTable attributeTextIds;
  private final IdTable functionIds;
  private final IdTable mappingIds;
  private final IdTable locationIds;
  private final IdTable traceTextIds;
  private final IdTable spanTextIds;
  private final Map<String, Integer> literalIds = new HashMap<>();
  private int strings;
  private int functions;
  private int mappings;
  private int locations;
  private int[] stack = {};

  /**
   * @param limits of one pprof; its size is kept to while writing, for a few bytes of an export can
   *     refer to much of its dictionary
   * @param reservation takes the memory before it is used
   */
  PprofWriter(Dictionary dictionary, PprofLimits limits, Reservation reservation) {
    this.dictionary = dictionary;
    this.limits = limits;
    this.reservation = reservation;
    this.tables = new WireOutput(reservation);
    this.samples = new WireOutput(reservation);
    this.lines = new WireOutput(reservation);
    this.stringIds = new IdTable(dictionary.strings().size());
    this.attributeTextIds = new IdTable(dictionary.attributes().size());
    this.functionIds = new IdTable(dictionary.functionCount());
    this.mappingIds = new IdTable(dictionary.mappingCount());
    this.locationIds = new IdTable(dictionary.locationCount());
    this.traceTextIds = new IdTable(dictionary.linkCount());
    this.spanTextIds = new IdTable(dictionary.linkCount());
  }

  /** Begins a pprof, whatever became of the one before. */
  void begin(PprofType type, long period, long timeNanos, long durationNanos) {
    tables.clear();
    samples.clear();
    stringIds.clear();
    attributeTextIds.clear();
    functionIds.clear();
    mappingIds.clear();
    locationIds.clear();
    traceTextIds.clear();
    spanTextIds.clear();
    literalIds.clear();
    strings = 0;
    functions = 0;
    mappings = 0;
    locations = 0;
    literal("");
    writeType(SAMPLE_TYPE, type.sampleType(), type.sampleUnit());
    if (!type.periodType().isEmpty() || !type.periodUnit().isEmpty()) {
      writeType(PERIOD_TYPE, type.periodType(), type.periodUnit());
    }

    tables.writeVarintField(PERIOD, period);
    tables.writeVarintField(TIME_NANOS, timeNanos);
    tables.writeVarintField(DURATION_NANOS, durationNanos);
  }

  /**
   * Appends a sample.
   *
   * @throws RejectedProfileException if the pprof becomes too large
   */
  void addSample(SampleReader sample, long value) {
    int depth = writeFrames(sample.stack());
    int sampleStart = samples.begin(SAMPLE);
    if (depth > 0) {
      int ids = samples.begin(1);
      for (int i = 0; i < depth; i++) {
        samples.writeVarint(stack[i]);
      }

      samples.end(ids);
    }

    int values = samples.begin(2);
    samples.writeVarint(value);
    samples.end(values);
    IntArrayList attributes = sample.attributes();
    for (int i = 0; i < attributes.size(); i++) {
      writeAttribute(attributes.getInt(i));
    }

    if (sample.link() != 0) {
      writeLink(sample.link());
    }

    samples.end(sampleStart);
    checkSize(0);
  }

  /** The pprof; its memory has been reserved. */
  byte[] toByteArray() {
    reservation.grow(size());
    byte[] pprof = new byte[size()];
    tables.copyTo(pprof, 0);
    samples.copyTo(pprof, tables.size());
    return pprof;
  }

  private int size() {
    return Math.addExact(tables.size(), samples.size());
  }

  /** Asked with each entry, so that no sample takes more than the limit and one entry. */
  private void checkSize(int moreBytes) {
    if (size() + (long) moreBytes > limits.maxBytes()) {
      throw new RejectedProfileException(
          DiscardReason.PROFILE_SIZE_LIMIT,
          "As pprof it exceeds the size limit (max_profile_size_bytes, limit: "
              + limits.maxBytes()
              + ")");
    }
  }

  /**
   * Writes the locations of a stack and puts their ids into {@link #stack}. A stack that is too
   * deep loses its leaves here, since the reader of the pprof would drop them anyway.
   *
   * @return how many there are
   */
  private int writeFrames(int number) {
    int end = dictionary.stackEnd(number);
    int start = Math.max(dictionary.stackStart(number), end - limits.maxDepth());
    if (stack.length < end - start) {
      stack = Arrays.copyOf(stack, end - start);
    }

    int depth = 0;
    for (int i = start; i < end; i++) {
      int id = location(dictionary.stackLocations[i]);
      if (id != NO_FRAME) {
        stack[depth++] = id;
      }
    }

    return depth;
  }

  private int location(int index) {
    if (index >= dictionary.locationCount()) {
      return NO_FRAME;
    }

    int id = locationIds.id(index);
    if (id == IdTable.NONE) {
      id = writeLocation(index);
      locationIds.put(index, id);
    }

    return id;
  }

  private int writeLocation(int index) {
    lines.clear();
    for (int i = dictionary.locationLines[index]; i < dictionary.locationLines[index + 1]; i++) {
      int function = function(dictionary.lineFunctions[i]);
      if (function != IdTable.NONE) {
        int line = lines.begin(4);
        lines.writeVarintField(1, function);
        lines.writeVarintField(2, dictionary.lineNumbers[i]);
        lines.end(line);
      }
    }

    long address = dictionary.locationAddresses[index];
    if (lines.size() == 0 && address == 0) {
      return NO_FRAME;
    }

    int mapping = mapping(dictionary.locationMappings[index]);
    int start = tables.begin(LOCATION);
    tables.writeVarintField(1, ++locations);
    tables.writeVarintField(2, mapping);
    tables.writeVarintField(3, address);
    tables.append(lines);
    tables.end(start);
    checkSize(0);
    return locations;
  }

  /** The id of a function, or none if it has no name: its frame is known by its address then. */
  private int function(int index) {
    if (index >= dictionary.functionCount()) {
      return IdTable.NONE;
    }

    int id = functionIds.id(index);
    if (id != IdTable.NONE) {
      return id;
    }

    int name = string(dictionary.functionNames[index]);
    int systemName = string(dictionary.functionSystemNames[index]);
    if (name == 0 && systemName == 0) {
      return IdTable.NONE;
    }

    int file = string(dictionary.functionFiles[index]);
    functionIds.put(index, ++functions);
    int start = tables.begin(FUNCTION);
    tables.writeVarintField(1, functions);
    tables.writeVarintField(2, name);
    tables.writeVarintField(3, systemName);
    tables.writeVarintField(4, file);
    tables.writeVarintField(5, dictionary.functionStartLines[index]);
    tables.end(start);
    return functions;
  }

  private int mapping(int index) {
    if (index == 0) {
      return IdTable.NONE;
    }

    int id = mappingIds.id(index);
    if (id != IdTable.NONE) {
      return id;
    }

    int file = string(dictionary.mappingFiles[index]);
    int buildId = attributeText(dictionary.mappingBuildIds[index]);
    mappingIds.put(index, ++mappings);
    int start = tables.begin(MAPPING);
    tables.writeVarintField(1, mappings);
    tables.writeVarintField(2, dictionary.mappingStarts[index]);
    tables.writeVarintField(3, dictionary.mappingLimits[index]);
    tables.writeVarintField(4, dictionary.mappingOffsets[index]);
    tables.writeVarintField(5, file);
    tables.writeVarintField(6, buildId);
    tables.end(start);
    return mappings;
  }

  /**
   * Texts become string labels, which split the series, and numbers numeric ones, which do not:
   * there are as many series as there are texts, but there are no limits to thread ids.
   */
  private void writeAttribute(int index) {
    AttributeTable attributes = dictionary.attributes();
    int key = string(attributes.key(index));
    AttributeValue value = attributes.value(index);
    if (key == 0 || value.kind() == Kind.OTHER || attributes.role(index) == Role.SERVICE_NAME) {
      return;
    }

    if (value.kind() == Kind.NUMBER) {
      int label = samples.begin(3);
      samples.writeVarintField(1, key);
      samples.writeVarintField(3, value.bits());
      samples.end(label);
    } else {
      writeLabel(key, attributeText(index));
    }
  }

  private void writeLink(int link) {
    int trace = id(traceTextIds, link, dictionary.linkTraces[link], TRACE_ID_BYTES);
    if (trace != 0) {
      writeLabel(literal("trace_id"), trace);
    }

    int span = id(spanTextIds, link, dictionary.linkSpans[link], SPAN_ID_BYTES);
    if (span != 0) {
      writeLabel(literal("span_id"), span);
    }
  }

  private void writeLabel(int key, int text) {
    int label = samples.begin(3);
    samples.writeVarintField(1, key);
    samples.writeVarintField(2, text);
    samples.end(label);
  }

  private int id(IdTable texts, int link, int offset, int length) {
    if (offset == Dictionary.NO_ID) {
      return 0;
    }

    int id = texts.id(link);
    if (id == IdTable.NONE) {
      String hex = HexFormat.of().formatHex(dictionary.export(), offset, offset + length);
      id = writeString(hex.getBytes(StandardCharsets.US_ASCII), 0, hex.length());
      texts.put(link, id);
    }

    return id;
  }

  /** A text attribute's value; 0, the empty string, for attribute 0 and what is no text. */
  private int attributeText(int index) {
    if (index == 0) {
      return 0;
    }

    AttributeValue value = dictionary.attributes().value(index);
    if (value.kind() == Kind.TEXT_INDEX) {
      return string((int) value.bits());
    }

    if (value.kind() != Kind.TEXT || value.textLength() == 0) {
      return 0;
    }

    int id = attributeTextIds.id(index);
    if (id == IdTable.NONE) {
      id = writeString(dictionary.export(), value.textOffset(), value.textLength());
      attributeTextIds.put(index, id);
    }

    return id;
  }

  private int string(int index) {
    StringTable table = dictionary.strings();
    if (table.length(index) == 0) {
      return 0;
    }

    int id = stringIds.id(index);
    if (id == IdTable.NONE) {
      id = writeString(dictionary.export(), table.offset(index), table.length(index));
      stringIds.put(index, id);
    }

    return id;
  }

  private void writeType(int field, String type, String unit) {
    int typeId = literal(type);
    int unitId = literal(unit);
    int start = tables.begin(field);
    tables.writeVarintField(1, typeId);
    tables.writeVarintField(2, unitId);
    tables.end(start);
  }

  private int literal(String text) {
    Integer known = literalIds.get(text);
    if (known != null) {
      return known;
    }

    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int id = writeString(bytes, 0, bytes.length);
    literalIds.put(text, id);
    return id;
  }

  private int writeString(byte[] bytes, int offset, int length) {
    checkSize(length);
    tables.writeBytesField(STRING, bytes, offset, length);
    return strings++;
  }
}
