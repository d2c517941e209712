/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.decode;

import it.unimi.dsi.fastutil.longs.Long2LongMap;
import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongIterator;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Version 1 of a service's state: days, each with its stack ids and series ids; then generations,
 * each with pairs of row and place. Every collection has an int length before it. The order of ids
 * is that of the hash table.
 */
public final class ServiceStateSerializer extends TypeSerializer<ServiceState> {

  static final int VERSION = 1;

  private static final long serialVersionUID = 1L;

  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public TypeSerializer<ServiceState> duplicate() {
    return this;
  }

  @Override
  public ServiceState createInstance() {
    return new ServiceState();
  }

  @Override
  public ServiceState copy(ServiceState from) {
    return from.copy();
  }

  @Override
  public ServiceState copy(ServiceState from, ServiceState reuse) {
    return from.copy();
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public void serialize(ServiceState state, DataOutputView target) throws IOException {
    target.writeInt(VERSION);
    target.writeInt(state.days().size());
    for (Map.Entry<Integer, DayIds> day : state.days().entrySet()) {
      target.writeInt(day.getKey());
      writeIds(target, day.getValue().stacks());
      writeIds(target, day.getValue().series());
    }

    target.writeInt(state.rowsByGeneration().size());
    for (Map.Entry<Long, Long2LongOpenHashMap> rows : state.rowsByGeneration().entrySet()) {
      target.writeLong(rows.getKey());
      writePairs(target, rows.getValue());
    }
  }

  @Override
  public ServiceState deserialize(DataInputView source) throws IOException {
    int version = source.readInt();
    if (version != VERSION) {
      throw new IOException("Service state of version " + version + " (expected: 1)");
    }

    int dayCount = source.readInt();
    SortedMap<Integer, DayIds> days = new TreeMap<>();
    for (int i = 0; i < dayCount; i++) {
      days.put(source.readInt(), new DayIds(readIds(source), readIds(source)));
    }

    int generationCount = source.readInt();
    SortedMap<Long, Long2LongOpenHashMap> rows = new TreeMap<>();
    for (int i = 0; i < generationCount; i++) {
      rows.put(source.readLong(), readPairs(source));
    }

    return new ServiceState(days, rows);
  }

  @Override
  public ServiceState deserialize(ServiceState reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ServiceStateSerializer;
  }

  @Override
  public int hashCode() {
    return ServiceStateSerializer.class.hashCode();
  }

  @Override
  public TypeSerializerSnapshot<ServiceState> snapshotConfiguration() {
    return new Snapshot();
  }

  private static void writeIds(DataOutput target, LongOpenHashSet ids) throws IOException {
    target.writeInt(ids.size());
    for (LongIterator iterator = ids.iterator(); iterator.hasNext(); ) {
      target.writeLong(iterator.nextLong());
    }
  }

  private static LongOpenHashSet readIds(DataInput source) throws IOException {
    int size = source.readInt();
    LongOpenHashSet ids = new LongOpenHashSet(size);
    for (int i = 0; i < size; i++) {
      ids.add(source.readLong());
    }

    return ids;
  }

  private static void writePairs(DataOutput target, Long2LongOpenHashMap pairs) throws IOException {
    target.writeInt(pairs.size());
    for (Long2LongMap.Entry pair : pairs.long2LongEntrySet()) {
      target.writeLong(pair.getLongKey());
      target.writeLong(pair.getLongValue());
    }
  }

  private static Long2LongOpenHashMap readPairs(DataInput source) throws IOException {
    int size = source.readInt();
    Long2LongOpenHashMap pairs = new Long2LongOpenHashMap(size);
    for (int i = 0; i < size; i++) {
      pairs.put(source.readLong(), source.readLong());
    }

    return pairs;
  }

  /** Says in a savepoint that this serializer wrote it. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<ServiceState> {

    public Snapshot() {
      super(ServiceStateSerializer::new);
    }
  }
}
