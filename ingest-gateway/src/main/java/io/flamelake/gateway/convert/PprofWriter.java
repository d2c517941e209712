/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.convert;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.DiscardReason;
import io.flamelake.model.pprof.MalformedProfileException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes pprofs entry by entry, one pprof after the other. Entries go straight to bytes, what one
 * refers to before it; ids and indexes count them in the order of writing, and the caller knows
 * which of its things has which.
 *
 * <p>All that writes fails with {@link MalformedProfileException} ({@link
 * DiscardReason#PROFILE_SIZE_LIMIT}) once the pprof is larger than the limit: a few bytes of an
 * upload can stand for many.
 */
public final class PprofWriter {

  /** The index of the empty string. */
  public static final int NO_TEXT = 0;

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

  private static final int SAMPLE_LOCATIONS = 1;
  private static final int SAMPLE_VALUES = 2;
  private static final int SAMPLE_LABEL = 3;
  private static final int LABEL_TEXT = 2;
  private static final int LABEL_NUMBER = 3;
  private static final int LOCATION_LINE = 4;
  private static final int HAS_FUNCTIONS = 7;
  private static final int HAS_INLINE_FRAMES = 10;

  /** What a text takes in the table of known ones, beside its bytes. */
  private static final int BYTES_PER_TEXT = 64;

  private final ConversionMemory memory;
  private final long maxBytes;

  /** All but the samples. */
  private final WireOutput tables;

  private final WireOutput samples;

  /** Of the next location. */
  private final WireOutput lines;

  private final Map<String, Integer> texts = new HashMap<>();
  private int paidTexts;
  private int strings;
  private int mappings;
  private int locations;
  private int functions;
  private int sampleStart;

  /**
   * Makes a writer that has begun its first pprof.
   *
   * @param memory takes what is used, before it is used
   * @param maxBytes of one pprof
   */
  public PprofWriter(ConversionMemory memory, long maxBytes) {
    this.memory = requireNonNull(memory, "memory");
    this.maxBytes = maxBytes;
    this.tables = new WireOutput(memory);
    this.samples = new WireOutput(memory);
    this.lines = new WireOutput(memory);
    begin();
  }

  /** Begins another pprof, whatever became of the one before. */
  public void begin() {
    tables.clear();
    samples.clear();
    lines.clear();
    texts.clear();
    strings = 0;
    mappings = 0;
    locations = 0;
    functions = 0;
    text("");
  }

  public void sampleType(String type, String unit) {
    valueType(SAMPLE_TYPE, type, unit);
  }

  public void periodType(String type, String unit) {
    valueType(PERIOD_TYPE, type, unit);
  }

  public void period(long period) {
    tables.writeVarintField(PERIOD, period);
  }

  public void times(long timeNanos, long durationNanos) {
    tables.writeVarintField(TIME_NANOS, timeNanos);
    tables.writeVarintField(DURATION_NANOS, durationNanos);
  }

  /** The index of a text, which is written the first time it is asked for. */
  public int text(String text) {
    Integer known = texts.get(text);
    if (known != null) {
      return known;
    }

    if (texts.size() == paidTexts) {
      memory.take(BYTES_PER_TEXT);
      paidTexts++;
    }

    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int index = newText(utf8, 0, utf8.length);
    texts.put(text, index);
    return index;
  }

  /** Writes a text that the caller knows to be new, and returns its index. */
  public int newText(byte[] utf8, int offset, int length) {
    checkSize(length);
    tables.writeBytesField(STRING, utf8, offset, length);
    return strings++;
  }

  /** Writes a mapping and returns its id. */
  public int mapping(long start, long limit, long fileOffset, int file, int buildId) {
    int entry = tables.begin(MAPPING);
    tables.writeVarintField(1, ++mappings);
    tables.writeVarintField(2, start);
    tables.writeVarintField(3, limit);
    tables.writeVarintField(4, fileOffset);
    tables.writeVarintField(5, file);
    tables.writeVarintField(6, buildId);
    tables.end(entry);
    return mappings;
  }

  /** Writes a mapping of which readers learn that nothing is left to symbolize; returns its id. */
  public int symbolizedMapping() {
    int entry = tables.begin(MAPPING);
    tables.writeVarintField(1, ++mappings);
    for (int flag = HAS_FUNCTIONS; flag <= HAS_INLINE_FRAMES; flag++) {
      tables.writeVarintField(flag, 1);
    }

    tables.end(entry);
    return mappings;
  }

  /** Writes a function and returns its id. */
  public int function(int name, int systemName, int file, long startLine) {
    int entry = tables.begin(FUNCTION);
    tables.writeVarintField(1, ++functions);
    tables.writeVarintField(2, name);
    tables.writeVarintField(3, systemName);
    tables.writeVarintField(4, file);
    tables.writeVarintField(5, startLine);
    tables.end(entry);
    return functions;
  }

  /** Adds a line to the location that is written next. */
  public void line(int function, long number) {
    int entry = lines.begin(LOCATION_LINE);
    lines.writeVarintField(1, function);
    lines.writeVarintField(2, number);
    lines.end(entry);
  }

  /** Writes a location with the lines since the one before, and returns its id. */
  public int location(int mapping, long address) {
    int entry = tables.begin(LOCATION);
    tables.writeVarintField(1, ++locations);
    tables.writeVarintField(2, mapping);
    tables.writeVarintField(3, address);
    tables.append(lines);
    tables.end(entry);
    lines.clear();
    checkSize(0);
    return locations;
  }

  /**
   * Begins a sample, to which labels may be added until {@link #endSample}.
   *
   * @param stack ids of locations, leaf first, as many as {@code depth}
   */
  public void beginSample(int[] stack, int depth, long... values) {
    sampleStart = samples.begin(SAMPLE);
    if (depth > 0) {
      int ids = samples.begin(SAMPLE_LOCATIONS);
      for (int i = 0; i < depth; i++) {
        samples.writeVarint(stack[i]);
      }

      samples.end(ids);
    }

    int packed = samples.begin(SAMPLE_VALUES);
    for (long value : values) {
      samples.writeVarint(value);
    }

    samples.end(packed);
  }

  public void textLabel(int key, int text) {
    label(key, LABEL_TEXT, text);
  }

  public void numberLabel(int key, long number) {
    label(key, LABEL_NUMBER, number);
  }

  private void label(int key, int field, long value) {
    int label = samples.begin(SAMPLE_LABEL);
    samples.writeVarintField(1, key);
    samples.writeVarintField(field, value);
    samples.end(label);
  }

  public void endSample() {
    samples.end(sampleStart);
    checkSize(0);
  }

  /** The pprof since {@link #begin}, uncompressed. */
  public byte[] toByteArray() {
    checkSize(0);
    int size = tables.size() + samples.size();
    memory.take(size);
    byte[] pprof = new byte[size];
    tables.copyTo(pprof, 0);
    samples.copyTo(pprof, tables.size());
    return pprof;
  }

  private void valueType(int field, String type, String unit) {
    int typeIndex = text(type);
    int unitIndex = text(unit);
    int entry = tables.begin(field);
    tables.writeVarintField(1, typeIndex);
    tables.writeVarintField(2, unitIndex);
    tables.end(entry);
  }

  private void checkSize(int moreBytes) {
    if ((long) tables.size() + samples.size() + moreBytes > maxBytes) {
      throw Malformed.tooLarge(maxBytes);
    }
  }
}
