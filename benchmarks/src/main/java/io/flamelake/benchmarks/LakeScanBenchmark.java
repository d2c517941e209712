/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.flink.EmbeddedFlink;
import io.flamelake.flink.IngestJobConfig;
import io.flamelake.flink.source.SegmentLogLocation;
import io.flamelake.model.Selector;
import io.flamelake.model.TenantId;
import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.ProfileSnapshot;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.StackSums;
import io.flamelake.query.TimeRange;
import io.flamelake.query.lake.LakeConfig;
import io.flamelake.query.lake.LakeProfileStore;
import io.flamelake.segment.Lane;
import io.flamelake.segment.PayloadKind;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.SegmentWriter;
import io.flamelake.segment.store.LocalObjectStore;
import io.flamelake.testkit.ProfileSynthesizer;
import io.flamelake.testkit.SyntheticProfile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One service and one hour of a lake that the ingest job wrote: the scan alone, and to the tree.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx2g"})
public class LakeScanBenchmark {
  private static final Instant FROM = Instant.now().minus(Duration.ofHours(2));
  private static final Instant TO = FROM.plus(Duration.ofHours(1));
  private static final long SEGMENT_BYTES = 8 << 20;
  private static final long CACHE_BYTES = 256 << 20;

  private final ProfileSynthesizer synthesizer =
      ProfileSynthesizer.builder().services(2).podsPerService(10).build();
  private final ProfileQuery query =
      new ProfileQuery(
          TenantId.ANONYMOUS,
          ProfileSynthesizer.CPU,
          Selector.parse("{service_name=\"" + synthesizer.serviceName(0) + "\"}"),
          TimeRange.ofMillis(FROM.toEpochMilli(), TO.toEpochMilli()));
  private Path dir = Path.of("");
  private @Nullable LakeCatalog catalog;
  private @Nullable LakeProfileStore store;

  @Setup
  public void load() throws IOException, InterruptedException {
    dir = Files.createTempDirectory("flamelake-scan");
    writeSegments();
    CatalogConfig config = CatalogConfig.embedded(dir);
    try (EmbeddedFlink flink = EmbeddedFlink.start(dir.resolve("flink"), 1)) {
      flink.submit(
          IngestJobConfig.builder(config, new SegmentLogLocation(dir.toUri().toString(), Map.of()))
              .build());
      flink.stopGracefully();
    }

    LakeCatalog opened = LakeCatalog.open(config);
    catalog = opened;
    store =
        new LakeProfileStore(
            opened.tables(), LakeConfig.of(2, CACHE_BYTES), new SimpleMeterRegistry());
  }

  private void writeSegments() {
    Lane lane = Lane.open(new LocalObjectStore(dir), Clock.systemUTC());
    SegmentWriter[] segment = {new SegmentWriter()};
    synthesizer.forEach(
        FROM,
        TO,
        profile -> {
          segment[0].add(TenantId.ANONYMOUS, record(profile));
          if (segment[0].uncompressedBytes() > SEGMENT_BYTES) {
            lane.append(segment[0].finish());
            segment[0] = new SegmentWriter();
          }
        });
    lane.append(segment[0].finish());
    lane.seal();
  }

  private static SegmentRecord record(SyntheticProfile profile) {
    long nanos = TimeUnit.MILLISECONDS.toNanos(profile.time().toEpochMilli());
    return SegmentRecord.builder()
        .generatedId(UUID.randomUUID())
        .receiveTimeNanos(nanos)
        .profileTimeNanos(nanos)
        .labels(profile.labels())
        .kind(PayloadKind.PPROF)
        .payload(profile.pprof())
        .build();
  }

  @TearDown
  public void delete() throws IOException {
    requireNonNull(store).close();
    requireNonNull(catalog).close();
    try (Stream<Path> files = Files.walk(dir)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  @Benchmark
  public StackSums sumStacks() {
    return sumStacks(requireNonNull(store).pin());
  }

  @Benchmark
  public CallTree callTree() {
    ProfileSnapshot snapshot = requireNonNull(store).pin();
    return snapshot.toCallTree(sumStacks(snapshot), new QueryCancellation());
  }

  private StackSums sumStacks(ProfileSnapshot snapshot) {
    StackSums sums = new StackSums();
    snapshot.sumStacks(query, sums, new QueryCancellation());
    return sums;
  }
}
