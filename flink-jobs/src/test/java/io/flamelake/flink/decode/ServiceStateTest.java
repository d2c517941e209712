/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.flink.GoldenFiles;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class ServiceStateTest {

  private final ServiceStateSerializer serializer = new ServiceStateSerializer();

  @Test
  void knowsARowAgainFromItsOwnPlaceOnly() {
    ServiceState state = new ServiceState();
    assertThat(state.addRow(7, 100, 1)).as("first").isTrue();
    assertThat(state.addRow(7, 100, 1)).as("read again").isTrue();
    assertThat(state.addRow(7, 100, 2)).as("sent again").isFalse();
    assertThat(state.addRow(8, 100, 3)).as("sent again a window later").isFalse();
    assertThat(state.addRow(9, 100, 4)).as("beyond the window").isTrue();
  }

  @Test
  void forgetsPassedDaysAndGenerations() {
    ServiceState state = new ServiceState();
    state.day(10).stacks().add(1);
    state.day(11).stacks().add(2);
    state.addRow(5, 100, 1);
    state.dropBefore(11, 6);
    assertThat(state.days()).containsOnlyKeys(11);
    assertThat(state.rowsByGeneration()).isEmpty();
    assertThat(state.isEmpty()).as("empty").isFalse();
    state.dropBefore(12, 6);
    assertThat(state.isEmpty()).as("empty").isTrue();
  }

  @Test
  void forgetsDaysThatNoRowCameForBetweenTwoCleanups() {
    ServiceState state = new ServiceState();
    state.day(10).stacks().add(1);
    state.day(11).stacks().add(2);
    state.dropBefore(10, 0);
    state.day(11);
    state.dropBefore(10, 0);
    assertThat(state.days()).containsOnlyKeys(11);
    assertThat(state.day(10).stacks()).as("begins anew").isEmpty();
  }

  @Test
  void copyIsIndependent() {
    ServiceState state = new ServiceState();
    state.day(10).stacks().add(1);
    ServiceState copy = serializer.copy(state);
    state.day(10).stacks().add(2);
    assertThat(copy.day(10).stacks()).hasSize(1);
  }

  @Test
  void survivesSerialization() throws IOException {
    ServiceState state = new ServiceState();
    state.day(20_000).stacks().add(Long.MIN_VALUE);
    state.day(20_000).series().add(3);
    state.addRow(5, 100, -1);
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(state, out);
    GoldenFiles.assertSame("service-state-v1.bin", out.getCopyOfBuffer());

    ServiceState read =
        serializer.deserialize(new DataInputDeserializer(GoldenFiles.load("service-state-v1.bin")));
    assertThat(read.day(20_000).stacks()).containsExactly(Long.MIN_VALUE);
    assertThat(read.day(20_000).series()).containsExactly(3L);
    assertThat(read.rowsByGeneration().get(5L)).containsEntry(100L, -1L);
  }

  @Test
  void refusesVersionsItDoesNotKnow() {
    assertThatThrownBy(
            () -> serializer.deserialize(new DataInputDeserializer(new byte[] {0, 0, 0, 9})))
        .isInstanceOf(IOException.class)
        .hasMessage("Service state of version 9 (expected: 1)");
  }
}
