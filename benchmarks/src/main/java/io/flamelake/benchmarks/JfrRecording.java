/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import io.flamelake.testkit.ProfileSynthesizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import jdk.jfr.consumer.RecordingFile;
import one.profiler.AsyncProfiler;

/**
 * What async-profiler, which Pyroscope's Java agent uses, writes of a busy program: samples of CPU
 * time and of allocations.
 *
 * @param bytes as JFR, not compressed
 * @param samples its events with a stack
 */
record JfrRecording(byte[] bytes, long samples) {
  private static final Set<String> EVENTS =
      Set.of(
          "jdk.ExecutionSample",
          "jdk.ObjectAllocationInNewTLAB",
          "jdk.ObjectAllocationOutsideTLAB",
          "jdk.JavaMonitorEnter",
          "jdk.ThreadPark");

  /** Five times as dense as an agent's, so that two seconds hold what it sends for ten. */
  private static final String SETTINGS = "start,jfr,event=itimer,interval=2ms,alloc=128k,file=";

  private static final Duration LENGTH = Duration.ofSeconds(2);

  static JfrRecording record(Path dir) throws IOException {
    Path file = dir.resolve("recording.jfr");
    AsyncProfiler profiler = AsyncProfiler.getInstance();
    profiler.execute(SETTINGS + file);
    work();
    profiler.execute("stop,file=" + file);
    long samples =
        RecordingFile.readAllEvents(file).stream()
            .filter(event -> EVENTS.contains(event.getEventType().getName()))
            .count();
    return new JfrRecording(Files.readAllBytes(file), samples);
  }

  /** Makes profiles and exports, by much code of this project and of libraries. */
  private static void work() {
    long end = System.nanoTime() + LENGTH.toNanos();
    for (int seed = 0; System.nanoTime() < end; seed++) {
      ProfileSynthesizer synthesizer =
          ProfileSynthesizer.builder()
              .seed(seed)
              .services(2)
              .cpuStacksPerService(2_000)
              .heapStacksPerService(2_000)
              .build();
      PodProfiles.of(synthesizer, Instant.now()).stream()
          .map(PodProfiles::profiles)
          .forEach(OtlpUploads::http);
    }
  }
}
