/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import io.flamelake.model.TenantId;
import io.flamelake.segment.PayloadKind;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.SegmentWriter;
import io.flamelake.testkit.ProfileSynthesizer;
import io.flamelake.testkit.SyntheticProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Writing a segment of 100 profiles of 10 tenants: copying, compressing, checksums. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class SegmentWriterBenchmark {
  private static final int PROFILES = 100;
  private static final int TENANTS = 10;

  private final List<SegmentRecord> records = new ArrayList<>();
  private final List<TenantId> tenants = new ArrayList<>();

  @Setup
  public void load() {
    ProfileSynthesizer synthesizer = ProfileSynthesizer.builder().services(10).build();
    Instant time = Instant.parse("2026-01-01T00:00:00Z");
    long bytes = 0;
    for (int i = 0; i < PROFILES; i++) {
      SyntheticProfile profile = synthesizer.cpuProfile(i % 10, i / 10, time);
      bytes += profile.pprof().length;
      tenants.add(new TenantId("tenant-" + i % TENANTS));
      records.add(
          SegmentRecord.builder()
              .clientId(UUID.randomUUID())
              .receiveTimeNanos(TimeUnit.SECONDS.toNanos(time.getEpochSecond()))
              .profileTimeNanos(TimeUnit.SECONDS.toNanos(time.getEpochSecond()))
              .labels(profile.labels())
              .kind(PayloadKind.PPROF)
              .payload(profile.pprof())
              .build());
    }

    System.out.println("# " + bytes + " bytes of pprof");
  }

  @Benchmark
  public byte[] write() {
    SegmentWriter writer = new SegmentWriter();
    for (int i = 0; i < PROFILES; i++) {
      writer.add(tenants.get(i), records.get(i));
    }

    return writer.finish();
  }
}
