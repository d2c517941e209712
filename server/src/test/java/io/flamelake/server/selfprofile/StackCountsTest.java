/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.selfprofile;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.proto.google.v1.Profile;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.Test;

class StackCountsTest {
  @Name("io.flamelake.server.selfprofile.Marker")
  static final class Marker extends Event {}

  @Test
  void sumsEqualStacksAndDrains() throws InterruptedException {
    List<RecordedStackTrace> stacks = record(2);
    StackCounts counts = new StackCounts();
    assertThat(counts.isEmpty()).isTrue();
    stacks.forEach(stack -> counts.add(stack, 20));

    PprofBuilder builder = new PprofBuilder().addSampleType("cpu", "nanoseconds");
    counts.drainTo(builder);

    Profile profile = builder.toProto();
    assertThat(profile.getSampleList())
        .singleElement()
        .satisfies(sample -> assertThat(sample.getValueList()).containsExactly(40L));
    assertThat(profile.getStringTableList())
        .contains(StackCountsTest.class.getName() + ".commitMarkers");
    assertThat(counts.isEmpty()).isTrue();
  }

  @Test
  void namesOfGeneratedClassesAreStable() {
    assertThat(StackCounts.stableTypeName("a.B$$Lambda$123/0x0000000800c3a"))
        .isEqualTo("a.B$$Lambda");
    assertThat(StackCounts.stableTypeName("a.B$C")).isEqualTo("a.B$C");
    assertThat(StackCounts.stableTypeName("java.lang.invoke.LambdaForm$MH/0x00000008"))
        .isEqualTo("java.lang.invoke.LambdaForm$MH");
  }

  private static List<RecordedStackTrace> record(int events) throws InterruptedException {
    List<RecordedStackTrace> stacks = new CopyOnWriteArrayList<>();
    CountDownLatch seen = new CountDownLatch(events);
    try (RecordingStream stream = new RecordingStream()) {
      stream.setReuse(false);
      stream.enable(Marker.class).withStackTrace();
      stream.onEvent(
          "io.flamelake.server.selfprofile.Marker",
          event -> {
            stacks.add(event.getStackTrace());
            seen.countDown();
          });
      stream.startAsync();
      commitMarkers(events);
      seen.await();
    }

    return stacks;
  }

  private static void commitMarkers(int events) {
    for (int i = 0; i < events; i++) {
      new Marker().commit();
    }
  }
}
