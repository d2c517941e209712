/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.normalize.ProfileNormalizer;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.model.pprof.Pprof;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.testkit.ProfileSynthesizer;
import io.flamelake.testkit.SyntheticProfile;
import io.flamelake.testkit.TestProfiles;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Decoding one pprof, beside protobuf's generated code, and normalizing it into rows. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class PprofDecoderBenchmark {
  @Param({"go-heap", "synthetic-cpu", "synthetic-heap"})
  public String profile = "go-heap";

  private final ProfileNormalizer normalizer = new ProfileNormalizer();
  private final UUID id = UUID.randomUUID();
  private byte[] pprof = {};
  private LabelSet labels = LabelSet.EMPTY;

  @Setup
  public void load() {
    ProfileSynthesizer synthesizer = ProfileSynthesizer.builder().services(1).build();
    Instant time = Instant.parse("2026-01-01T00:00:00Z");
    SyntheticProfile synthetic =
        profile.equals("synthetic-cpu")
            ? synthesizer.cpuProfile(0, 0, time)
            : synthesizer.heapProfile(0, 0, time);
    labels = synthetic.labels();
    pprof =
        profile.equals("go-heap")
            ? TestProfiles.at(TestProfiles.goHeap(), time)
            : synthetic.pprof();
    System.out.println("# " + profile + ": " + pprof.length + " bytes");
  }

  @Benchmark
  public Pprof decode() {
    return PprofDecoder.decode(pprof, 0, pprof.length, PprofLimits.STORED);
  }

  @Benchmark
  public List<ProfileRow> decodeAndNormalize() {
    return normalizer.normalize(TenantId.ANONYMOUS, id, 1, labels, decode());
  }

  @Benchmark
  public Profile decodeByProtobuf() throws IOException {
    return Profile.parseFrom(pprof);
  }
}
