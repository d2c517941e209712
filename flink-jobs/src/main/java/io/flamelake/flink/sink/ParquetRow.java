/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import io.flamelake.model.Label;
import io.flamelake.model.LabelSet;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.GroupType;

/**
 * Emits the columns of a row into Parquet's column writers, primitives as they are; lists and maps
 * have the three levels that Iceberg writes.
 */
public final class ParquetRow {

  private static final int UUID_LENGTH = 16;
  private static final long MAX_BINARY_BYTES = 16 << 20;

  /** The entry, the object, its buffer and array. */
  private static final int BINARY_OVERHEAD = 150;

  private final RecordConsumer consumer;
  private final GroupType schema;

  /** Labels and functions repeat from row to row; their bytes are made once. */
  private final Map<String, Binary> binaries = new HashMap<>();

  private long binaryBytes;

  ParquetRow(RecordConsumer consumer, GroupType schema) {
    this.consumer = consumer;
    this.schema = schema;
  }

  void putString(String column, String value) {
    int index = start(column);
    consumer.addBinary(binary(value));
    consumer.endField(column, index);
  }

  void putLong(String column, long value) {
    int index = start(column);
    consumer.addLong(value);
    consumer.endField(column, index);
  }

  void putInt(String column, int value) {
    int index = start(column);
    consumer.addInteger(value);
    consumer.endField(column, index);
  }

  void putUuid(String column, UUID value) {
    int index = start(column);
    consumer.addBinary(fixed(value.getMostSignificantBits(), value.getLeastSignificantBits()));
    consumer.endField(column, index);
  }

  void putLongs(String column, long[] values) {
    int index = startList(column, values.length);
    for (long value : values) {
      startElement();
      consumer.addLong(value);
      endElement();
    }

    endList(column, index, values.length);
  }

  void putInts(String column, int[] values) {
    int index = startList(column, values.length);
    for (int value : values) {
      startElement();
      consumer.addInteger(value);
      endElement();
    }

    endList(column, index, values.length);
  }

  void putStrings(String column, String[] values) {
    int index = startList(column, values.length);
    for (String value : values) {
      startElement();
      consumer.addBinary(binary(value));
      endElement();
    }

    endList(column, index, values.length);
  }

  /** Puts ids of 16 bytes, which come as two longs each, the high one first. */
  void putWideIds(String column, long[] halves) {
    int size = halves.length / 2;
    int index = startList(column, size);
    for (int i = 0; i < size; i++) {
      startElement();
      consumer.addBinary(fixed(halves[2 * i], halves[2 * i + 1]));
      endElement();
    }

    endList(column, index, size);
  }

  void putLabels(String column, LabelSet labels) {
    int index = start(column);
    consumer.startGroup();
    List<Label> entries = labels.labels();
    if (!entries.isEmpty()) {
      consumer.startField("key_value", 0);
      for (Label label : entries) {
        consumer.startGroup();
        consumer.startField("key", 0);
        consumer.addBinary(binary(label.name()));
        consumer.endField("key", 0);
        consumer.startField("value", 1);
        consumer.addBinary(binary(label.value()));
        consumer.endField("value", 1);
        consumer.endGroup();
      }

      consumer.endField("key_value", 0);
    }

    consumer.endGroup();
    consumer.endField(column, index);
  }

  private int start(String column) {
    int index = schema.getFieldIndex(column);
    consumer.startField(column, index);
    return index;
  }

  private int startList(String column, int size) {
    int index = start(column);
    consumer.startGroup();
    if (size > 0) {
      consumer.startField("list", 0);
    }

    return index;
  }

  private void endList(String column, int index, int size) {
    if (size > 0) {
      consumer.endField("list", 0);
    }

    consumer.endGroup();
    consumer.endField(column, index);
  }

  private void startElement() {
    consumer.startGroup();
    consumer.startField("element", 0);
  }

  private void endElement() {
    consumer.endField("element", 0);
    consumer.endGroup();
  }

  private Binary binary(String value) {
    Binary known = binaries.get(value);
    if (known != null) {
      return known;
    }

    if (binaryBytes > MAX_BINARY_BYTES) {
      binaries.clear();
      binaryBytes = 0;
    }

    Binary made = Binary.fromString(value);
    binaries.put(value, made);
    binaryBytes += BINARY_OVERHEAD + made.length();
    return made;
  }

  private static Binary fixed(long high, long low) {
    byte[] bytes = ByteBuffer.allocate(UUID_LENGTH).putLong(high).putLong(low).array();
    return Binary.fromConstantByteArray(bytes);
  }
}
