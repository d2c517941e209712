/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.decode;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.flink.read.RawRecord;
import io.flamelake.flink.serialize.ImmutableTypeInfo;
import io.flamelake.flink.sink.ProfileTableRow;
import io.flamelake.flink.source.SegmentLogLocation;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import it.unimi.dsi.fastutil.longs.LongSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** Some parallel tasks of the decode step, without a cluster around them. */
final class DecodeHarness implements AutoCloseable {

  static final int MAX_PARALLELISM = 16;

  // Operators travel serialized, so what they ask for is found here.
  private static LaneWatermarks tableWatermarks = LaneWatermarks.NONE;
  private static LongSet tableRows = new LongOpenHashSet();

  private final List<KeyedOneInputStreamOperatorTestHarness<String, RawRecord, ProfileTableRow>>
      tasks = new ArrayList<>();

  /** Sets what tasks that start from now on find in the table. */
  static void setTable(LaneWatermarks watermarks, LongSet rows) {
    tableWatermarks = watermarks;
    tableRows = rows;
  }

  /** A state of the whole job, and how many tasks wrote it. */
  record Snapshot(long checkpoint, int parallelism, OperatorSubtaskState state) {}

  /**
   * @param nowMillis the processing time at the start; it goes on by {@link #setTime} alone
   */
  DecodeHarness(
      int parallelism,
      SegmentLogLocation log,
      Duration replayWindow,
      long nowMillis,
      @Nullable Snapshot restored)
      throws Exception {
    for (int index = 0; index < parallelism; index++) {
      DecodeOperator operator =
          new DecodeOperator(
              new DecodeFunction(
                  since -> tableRows, Duration.ofMinutes(15), Duration.ofMinutes(30)),
              () -> tableWatermarks,
              log,
              replayWindow);
      KeyedOneInputStreamOperatorTestHarness<String, RawRecord, ProfileTableRow> task =
          new KeyedOneInputStreamOperatorTestHarness<>(
              operator, RawRecord::serviceKey, Types.STRING, MAX_PARALLELISM, parallelism, index);
      task.setup(
          ImmutableTypeInfo.chainedOnly(ProfileTableRow.class)
              .createSerializer(new SerializerConfigImpl()));
      task.setProcessingTime(nowMillis);
      if (restored != null) {
        task.setRestoredCheckpointId(restored.checkpoint());
        task.initializeState(
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                restored.state(), MAX_PARALLELISM, restored.parallelism(), parallelism, index));
      }

      task.open();
      tasks.add(task);
    }
  }

  /** Hands a record to the task it belongs to, and returns the rows it makes. */
  List<ProfileTableRow> process(RawRecord raw) throws Exception {
    KeyedOneInputStreamOperatorTestHarness<String, RawRecord, ProfileTableRow> task =
        tasks.get(
            KeyGroupRangeAssignment.assignKeyToParallelOperator(
                raw.serviceKey(), MAX_PARALLELISM, tasks.size()));
    task.processElement(raw, 0);
    List<ProfileTableRow> rows = task.extractOutputValues();
    task.getOutput().clear();
    return rows;
  }

  Snapshot snapshot(long checkpoint) throws Exception {
    OperatorSubtaskState[] states = new OperatorSubtaskState[tasks.size()];
    for (int index = 0; index < states.length; index++) {
      states[index] = tasks.get(index).snapshot(checkpoint, 0);
    }

    return new Snapshot(
        checkpoint, states.length, AbstractStreamOperatorTestHarness.repackageState(states));
  }

  void complete(long checkpoint) throws Exception {
    for (KeyedOneInputStreamOperatorTestHarness<?, ?, ?> task : tasks) {
      task.notifyOfCompletedCheckpoint(checkpoint);
    }
  }

  /** Lets processing time pass, and with it the cleanups that are due. */
  void setTime(long millis) throws Exception {
    for (KeyedOneInputStreamOperatorTestHarness<?, ?, ?> task : tasks) {
      task.setProcessingTime(millis);
    }
  }

  /** How many states there are, of all keys. */
  int stateEntries() {
    return tasks.stream().mapToInt(task -> task.numKeyedStateEntries()).sum();
  }

  @Override
  public void close() throws Exception {
    for (KeyedOneInputStreamOperatorTestHarness<?, ?, ?> task : tasks) {
      task.close();
    }
  }
}
