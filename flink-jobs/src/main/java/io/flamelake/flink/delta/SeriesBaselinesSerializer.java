/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.delta;

import io.flamelake.flink.serialize.ImmutableSerializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Version 1 of a series' state, behind the version as an int: base lines, each as process, time and
 * receipt as longs and its values; then uncommitted differences, each as place and checkpoint as
 * longs and its values. Values are pairs of longs, stack id and value. Every collection has an int
 * length before it.
 */
public final class SeriesBaselinesSerializer extends ImmutableSerializer<SeriesBaselines> {

  static final int VERSION = 1;

  private static final long serialVersionUID = 1L;

  @Override
  public void serialize(SeriesBaselines state, DataOutputView target) throws IOException {
    target.writeInt(VERSION);
    target.writeInt(state.baselines().size());
    for (Baseline baseline : state.baselines()) {
      target.writeLong(baseline.process());
      target.writeLong(baseline.timeMicros());
      target.writeLong(baseline.receiveMillis());
      writeValues(target, baseline.values());
    }

    target.writeInt(state.uncommitted().size());
    for (UncommittedDelta delta : state.uncommitted()) {
      target.writeLong(delta.place());
      target.writeLong(delta.checkpoint());
      writeValues(target, delta.values());
    }
  }

  @Override
  public SeriesBaselines deserialize(DataInputView source) throws IOException {
    int version = source.readInt();
    if (version != VERSION) {
      throw new IOException("Base lines of version " + version + " (expected: 1)");
    }

    int baselineCount = source.readInt();
    List<Baseline> baselines = new ArrayList<>(baselineCount);
    for (int i = 0; i < baselineCount; i++) {
      baselines.add(
          new Baseline(
              source.readLong(), source.readLong(), source.readLong(), readValues(source)));
    }

    int deltaCount = source.readInt();
    List<UncommittedDelta> deltas = new ArrayList<>(deltaCount);
    for (int i = 0; i < deltaCount; i++) {
      deltas.add(new UncommittedDelta(source.readLong(), source.readLong(), readValues(source)));
    }

    return new SeriesBaselines(baselines, deltas);
  }

  @Override
  public TypeSerializerSnapshot<SeriesBaselines> snapshotConfiguration() {
    return new Snapshot();
  }

  private static void writeValues(DataOutputView target, StackValues values) throws IOException {
    target.writeInt(values.ids().length);
    for (int i = 0; i < values.ids().length; i++) {
      target.writeLong(values.ids()[i]);
      target.writeLong(values.values()[i]);
    }
  }

  private static StackValues readValues(DataInputView source) throws IOException {
    int size = source.readInt();
    long[] ids = new long[size];
    long[] values = new long[size];
    for (int i = 0; i < size; i++) {
      ids[i] = source.readLong();
      values[i] = source.readLong();
    }

    return new StackValues(ids, values);
  }

  /** Says in a savepoint that this serializer wrote it. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<SeriesBaselines> {

    public Snapshot() {
      super(SeriesBaselinesSerializer::new);
    }
  }
}
