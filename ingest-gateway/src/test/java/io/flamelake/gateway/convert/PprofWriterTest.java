/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.flamelake.model.DiscardReason;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.proto.google.v1.Function;
import io.flamelake.proto.google.v1.Label;
import io.flamelake.proto.google.v1.Line;
import io.flamelake.proto.google.v1.Location;
import io.flamelake.proto.google.v1.Mapping;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import io.flamelake.proto.google.v1.ValueType;
import io.flamelake.rpc.MemoryBudget;
import io.flamelake.rpc.RpcException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is written is what protobuf's generated code reads. */
class PprofWriterTest {

  private static final int MAX_BYTES = 10_000;

  private final MemoryBudget budget = new MemoryBudget(1 << 20);
  private final PprofWriter writer =
      new PprofWriter(new ConversionMemory(budget.open()), MAX_BYTES);

  @Test
  void writesEveryField() throws InvalidProtocolBufferException {
    writeAll();

    assertThat(Profile.parseFrom(writer.toByteArray())).isEqualTo(all());
  }

  @Test
  void forgetsThePprofBefore() throws InvalidProtocolBufferException {
    writeAll();
    writer.line(1, 1);
    writer.beginSample(new int[] {1}, 1, 1);
    writer.begin();

    writeAll();

    assertThat(Profile.parseFrom(writer.toByteArray())).isEqualTo(all());
  }

  @Test
  void leavesNothingButTheEmptyStringInAPprofWithoutEntries()
      throws InvalidProtocolBufferException {
    assertThat(Profile.parseFrom(writer.toByteArray()))
        .isEqualTo(Profile.newBuilder().addStringTable("").build());
  }

  @Test
  void writesATextOnce() {
    assertThat(writer.text("")).isEqualTo(PprofWriter.NO_TEXT);
    assertThat(List.of(writer.text("a"), writer.text("b"), writer.text("a")))
        .containsExactly(1, 2, 1);
  }

  @Test
  void refusesAPprofAsSoonAsItIsTooLarge() {
    // A sample of one value of ten bytes takes 14, the empty string 2.
    int fitting = (MAX_BYTES - 2) / 14;
    for (int i = 0; i < fitting; i++) {
      writeLargeValue();
    }

    assertThatThrownBy(this::writeLargeValue)
        .isInstanceOfSatisfying(
            MalformedProfileException.class,
            e -> assertThat(e.reason()).isEqualTo(DiscardReason.PROFILE_SIZE_LIMIT))
        .hasMessageContaining("limit: 10000");
  }

  @Test
  void refusesATextThatIsTooLargeBeforeItsMemoryIsTaken() {
    long before = budget.usedBytes();

    assertThatThrownBy(() -> writer.newText(new byte[MAX_BYTES + 1], 0, MAX_BYTES + 1))
        .isInstanceOf(MalformedProfileException.class);

    assertThat(budget.usedBytes()).isEqualTo(before);
  }

  @Test
  void takesItsMemoryFromTheBudget() {
    MemoryBudget small = new MemoryBudget(100_000);
    PprofWriter unlimited = new PprofWriter(new ConversionMemory(small.open()), Integer.MAX_VALUE);

    assertThatThrownBy(() -> unlimited.newText(new byte[100_000], 0, 100_000))
        .isInstanceOf(RpcException.class)
        .hasMessageContaining("buffers are full");
  }

  private void writeLargeValue() {
    writer.beginSample(new int[0], 0, Long.MIN_VALUE);
    writer.endSample();
  }

  private void writeAll() {
    writer.sampleType("cpu", "nanoseconds");
    writer.periodType("cpu", "nanoseconds");
    writer.period(10_000_000);
    writer.times(1_700_000_000_000_000_000L, 5_000_000_000L);
    byte[] file = "xlib.so".getBytes(StandardCharsets.UTF_8);
    int mapping =
        writer.mapping(-4096, 8192, 100, writer.newText(file, 1, 6), writer.text("c0ffee"));
    int symbolized = writer.symbolizedMapping();
    int main = writer.function(writer.text("main"), writer.text("_main"), writer.text("a.c"), 3);
    int address = writer.location(mapping, -1);
    writer.line(main, 7);
    writer.line(main, -8);
    int frame = writer.location(symbolized, 0);
    writer.beginSample(new int[] {address, frame, 99}, 2, 5, -1, 0);
    writer.textLabel(writer.text("thread"), writer.text("worker"));
    writer.numberLabel(writer.text("tid"), -77);
    writer.endSample();
  }

  private static Profile all() {
    ValueType cpu = ValueType.newBuilder().setType(1).setUnit(2).build();
    return Profile.newBuilder()
        .addAllStringTable(
            List.of(
                "",
                "cpu",
                "nanoseconds",
                "lib.so",
                "c0ffee",
                "main",
                "_main",
                "a.c",
                "thread",
                "worker",
                "tid"))
        .addSampleType(cpu)
        .setPeriodType(cpu)
        .setPeriod(10_000_000)
        .setTimeNanos(1_700_000_000_000_000_000L)
        .setDurationNanos(5_000_000_000L)
        .addMapping(
            Mapping.newBuilder()
                .setId(1)
                .setMemoryStart(-4096)
                .setMemoryLimit(8192)
                .setFileOffset(100)
                .setFilename(3)
                .setBuildId(4))
        .addMapping(
            Mapping.newBuilder()
                .setId(2)
                .setHasFunctions(true)
                .setHasFilenames(true)
                .setHasLineNumbers(true)
                .setHasInlineFrames(true))
        .addFunction(
            Function.newBuilder()
                .setId(1)
                .setName(5)
                .setSystemName(6)
                .setFilename(7)
                .setStartLine(3))
        .addLocation(Location.newBuilder().setId(1).setMappingId(1).setAddress(-1))
        .addLocation(
            Location.newBuilder()
                .setId(2)
                .setMappingId(2)
                .addLine(Line.newBuilder().setFunctionId(1).setLine(7))
                .addLine(Line.newBuilder().setFunctionId(1).setLine(-8)))
        .addSample(
            Sample.newBuilder()
                .addAllLocationId(List.of(1L, 2L))
                .addAllValue(List.of(5L, -1L, 0L))
                .addLabel(Label.newBuilder().setKey(8).setStr(9))
                .addLabel(Label.newBuilder().setKey(10).setNum(-77)))
        .build();
  }
}
