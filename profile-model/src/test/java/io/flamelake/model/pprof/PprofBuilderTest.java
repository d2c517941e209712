/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.pprof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.model.LabelSet;
import io.flamelake.proto.google.v1.Profile;
import java.util.List;
import org.junit.jupiter.api.Test;

class PprofBuilderTest {

  @Test
  void buildsWhatTheDecoderReads() throws Exception {
    PprofBuilder builder =
        new PprofBuilder()
            .addSampleType("alloc_space", "bytes")
            .addSampleType("alloc_objects", "count")
            .defaultSampleType("alloc_space")
            .periodType("space", "bytes")
            .period(524_288)
            .timeNanos(5)
            .durationNanos(6)
            .addComment("made by a test");
    int address = builder.unsymbolizedLocation("/lib/libc.so.6", "abcd", 0x1234);
    builder
        .addSample(
            List.of(new PprofFrame("leaf", "a.c", 7), PprofFrame.of("main")),
            LabelSet.of("thread", "t1"),
            100,
            1)
        .addSample(new int[] {address, builder.location("main", "", 0)}, LabelSet.EMPTY, 50, 2);

    Pprof pprof = PprofDecoder.decode(builder.toByteArray(), PprofLimits.DEFAULT);

    assertThat(pprof.sampleTypeCount()).isEqualTo(2);
    assertThat(pprof.sampleType(1)).isEqualTo("alloc_objects");
    assertThat(pprof.defaultSampleType()).isEqualTo("alloc_space");
    assertThat(pprof.periodUnit()).isEqualTo("bytes");
    assertThat(pprof.comment(0)).isEqualTo("made by a test");
    assertThat(pprof.sampleCount()).isEqualTo(builder.sampleCount()).isEqualTo(2);
    assertThat(pprof.value(1, 1)).isEqualTo(2);
    assertThat(pprof.string(pprof.labelKey(pprof.labelStart(0)))).isEqualTo("thread");
    assertThat(pprof.string(pprof.labelString(pprof.labelStart(0)))).isEqualTo("t1");
    assertThat(pprof.functionCount()).isEqualTo(2);
    assertThat(pprof.locationCount()).isEqualTo(3);
    int location = pprof.location(pprof.stackStart(1));
    assertThat(pprof.locationAddress(location)).isEqualTo(0x1234);
    assertThat(pprof.string(pprof.mappingBuildId(pprof.locationMapping(location))))
        .isEqualTo("abcd");
    assertThat(Profile.parseFrom(builder.toByteArray())).isEqualTo(builder.toProto());
  }

  @Test
  void refusesAnotherNumberOfValuesThanSampleTypes() {
    PprofBuilder builder = new PprofBuilder().addSampleType("cpu", "nanoseconds");

    assertThatThrownBy(() -> builder.addSample(List.of("main"), 1, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("values: 2 (expected: 1)");
  }
}
