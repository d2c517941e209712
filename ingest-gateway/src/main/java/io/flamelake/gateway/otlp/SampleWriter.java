/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import io.flamelake.gateway.convert.ConversionMemory;
import io.flamelake.gateway.convert.PprofWriter;
import io.flamelake.gateway.limits.RejectedProfileException;
import io.flamelake.gateway.otlp.AttributeTable.Role;
import io.flamelake.gateway.otlp.AttributeValue.Kind;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.rpc.MemoryBudget.Reservation;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Writes samples as pprofs, with what they need of the dictionary, numbered in the order of first
 * use. One pprof after the other: the ids of one are forgotten before the next.
 */
final class SampleWriter {

  private static final int TRACE_ID_BYTES = 16;
  private static final int SPAN_ID_BYTES = 8;

  /** The id of a location that leads to no frame. */
  private static final int NO_FRAME = -1;

  private final Dictionary dictionary;
  private final PprofLimits limits;
  private final PprofWriter pprof;
  private final IdTable stringIds;
  private final IdTable attributeTextIds;
  private final IdTable functionIds;
  private final IdTable mappingIds;
  private final IdTable locationIds;
  private final IdTable traceTextIds;
  private final IdTable spanTextIds;
  private int[] stack = {};

  /**
   * @param limits of one pprof
   * @param reservation takes the memory before it is used
   */
  SampleWriter(Dictionary dictionary, PprofLimits limits, Reservation reservation) {
    this.dictionary = dictionary;
    this.limits = limits;
    this.pprof = new PprofWriter(new ConversionMemory(reservation), limits.maxBytes());
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
    pprof.begin();
    stringIds.clear();
    attributeTextIds.clear();
    functionIds.clear();
    mappingIds.clear();
    locationIds.clear();
    traceTextIds.clear();
    spanTextIds.clear();
    pprof.sampleType(type.sampleType(), type.sampleUnit());
    if (!type.periodType().isEmpty() || !type.periodUnit().isEmpty()) {
      pprof.periodType(type.periodType(), type.periodUnit());
    }

    pprof.period(period);
    pprof.times(timeNanos, durationNanos);
  }

  /**
   * Appends a sample.
   *
   * @throws RejectedProfileException if the pprof becomes too large
   */
  void addSample(SampleReader sample, long value) {
    try {
      writeSample(sample, value);
    } catch (MalformedProfileException e) {
      // The pprof is too large. What is wrong with the export as a whole was found before.
      throw new RejectedProfileException(e.reason(), String.valueOf(e.getMessage()));
    }
  }

  /** The pprof; its memory has been reserved. */
  byte[] toByteArray() {
    return pprof.toByteArray();
  }

  private void writeSample(SampleReader sample, long value) {
    int depth = writeFrames(sample.stack());
    pprof.beginSample(stack, depth, value);
    IntArrayList attributes = sample.attributes();
    for (int i = 0; i < attributes.size(); i++) {
      writeAttribute(attributes.getInt(i));
    }

    if (sample.link() != 0) {
      writeLink(sample.link());
    }

    pprof.endSample();
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
    boolean hasLines = false;
    for (int i = dictionary.locationLines[index]; i < dictionary.locationLines[index + 1]; i++) {
      int function = function(dictionary.lineFunctions[i]);
      if (function != IdTable.NONE) {
        pprof.line(function, dictionary.lineNumbers[i]);
        hasLines = true;
      }
    }

    long address = dictionary.locationAddresses[index];
    if (!hasLines && address == 0) {
      return NO_FRAME;
    }

    return pprof.location(mapping(dictionary.locationMappings[index]), address);
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
    if (name == PprofWriter.NO_TEXT && systemName == PprofWriter.NO_TEXT) {
      return IdTable.NONE;
    }

    int file = string(dictionary.functionFiles[index]);
    id = pprof.function(name, systemName, file, dictionary.functionStartLines[index]);
    functionIds.put(index, id);
    return id;
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
    id =
        pprof.mapping(
            dictionary.mappingStarts[index],
            dictionary.mappingLimits[index],
            dictionary.mappingOffsets[index],
            file,
            buildId);
    mappingIds.put(index, id);
    return id;
  }

  /**
   * Texts become string labels, which split the series, and numbers numeric ones, which do not:
   * there are as many series as there are texts, but there are no limits to thread ids.
   */
  private void writeAttribute(int index) {
    AttributeTable attributes = dictionary.attributes();
    int key = string(attributes.key(index));
    AttributeValue value = attributes.value(index);
    if (key == PprofWriter.NO_TEXT
        || value.kind() == Kind.OTHER
        || attributes.role(index) == Role.SERVICE_NAME) {
      return;
    }

    if (value.kind() == Kind.NUMBER) {
      pprof.numberLabel(key, value.bits());
    } else {
      pprof.textLabel(key, attributeText(index));
    }
  }

  private void writeLink(int link) {
    int trace = id(traceTextIds, link, dictionary.linkTraces[link], TRACE_ID_BYTES);
    if (trace != PprofWriter.NO_TEXT) {
      pprof.textLabel(pprof.text("trace_id"), trace);
    }

    int span = id(spanTextIds, link, dictionary.linkSpans[link], SPAN_ID_BYTES);
    if (span != PprofWriter.NO_TEXT) {
      pprof.textLabel(pprof.text("span_id"), span);
    }
  }

  private int id(IdTable texts, int link, int offset, int length) {
    if (offset == Dictionary.NO_ID) {
      return PprofWriter.NO_TEXT;
    }

    int id = texts.id(link);
    if (id == IdTable.NONE) {
      String hex = HexFormat.of().formatHex(dictionary.export(), offset, offset + length);
      id = pprof.newText(hex.getBytes(StandardCharsets.US_ASCII), 0, hex.length());
      texts.put(link, id);
    }

    return id;
  }

  /** A text attribute's value; the empty string for attribute 0 and what is no text. */
  private int attributeText(int index) {
    if (index == 0) {
      return PprofWriter.NO_TEXT;
    }

    AttributeValue value = dictionary.attributes().value(index);
    if (value.kind() == Kind.TEXT_INDEX) {
      return string((int) value.bits());
    }

    if (value.kind() != Kind.TEXT || value.textLength() == 0) {
      return PprofWriter.NO_TEXT;
    }

    int id = attributeTextIds.id(index);
    if (id == IdTable.NONE) {
      id = pprof.newText(dictionary.export(), value.textOffset(), value.textLength());
      attributeTextIds.put(index, id);
    }

    return id;
  }

  private int string(int index) {
    StringTable table = dictionary.strings();
    if (table.length(index) == 0) {
      return PprofWriter.NO_TEXT;
    }

    int id = stringIds.id(index);
    if (id == IdTable.NONE) {
      id = pprof.newText(dictionary.export(), table.offset(index), table.length(index));
      stringIds.put(index, id);
    }

    return id;
  }
}
