/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.proto.google.v1.Profile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

/**
 * Fixtures: profiles of real programs as their profilers wrote them (gzip), made by the programs in
 * {@code testkit/fixtures}, and small ones made here.
 */
public final class TestProfiles {

  private static final List<String> FILES =
      List.of(
          "go/cpu",
          "go/cpu-labels",
          "go/heap",
          "go/allocs",
          "go/goroutine",
          "go/block",
          "go/mutex",
          "java/cpu",
          "java/alloc",
          "java/lock",
          "python/cpu",
          "node/wall",
          "node/heap");

  /** Every real profile by the name of its file, {@code go/cpu} and so on. */
  public static Map<String, byte[]> all() {
    Map<String, byte[]> profiles = new LinkedHashMap<>();
    for (String file : FILES) {
      profiles.put(file, load(file));
    }

    return profiles;
  }

  /** Sample types {@code samples/count} and {@code cpu/nanoseconds}. */
  public static byte[] goCpu() {
    return load("go/cpu");
  }

  /** As {@link #goCpu}; most samples have the label {@code endpoint}. */
  public static byte[] goCpuWithLabels() {
    return load("go/cpu-labels");
  }

  /**
   * Sample types alloc_objects, alloc_space, inuse_objects and inuse_space; the last is default.
   */
  public static byte[] goHeap() {
    return load("go/heap");
  }

  /** As {@link #goHeap}, with alloc_space as the default. */
  public static byte[] goAllocs() {
    return load("go/allocs");
  }

  public static byte[] goGoroutines() {
    return load("go/goroutine");
  }

  /** Sample types {@code contentions/count} and {@code delay/nanoseconds}. */
  public static byte[] goBlock() {
    return load("go/block");
  }

  /** As {@link #goBlock}. */
  public static byte[] goMutex() {
    return load("go/mutex");
  }

  public static byte[] javaCpu() {
    return load("java/cpu");
  }

  public static byte[] javaAlloc() {
    return load("java/alloc");
  }

  public static byte[] javaLock() {
    return load("java/lock");
  }

  public static byte[] pythonCpu() {
    return load("python/cpu");
  }

  /** Sample types {@code sample/count}, {@code wall/nanoseconds} and {@code cpu/nanoseconds}. */
  public static byte[] nodeWall() {
    return load("node/wall");
  }

  public static byte[] nodeHeap() {
    return load("node/heap");
  }

  /**
   * A CPU profile that can be checked by eye, 60 ns in all: {@code main;work} 10, {@code
   * main;work;sort} 20 and {@code main;idle} 30. Uncompressed.
   */
  public static byte[] tinyCpu(Instant time) {
    return new PprofBuilder()
        .addSampleType("cpu", "nanoseconds")
        .periodType("cpu", "nanoseconds")
        .period(10)
        .timeNanos(nanos(time))
        .durationNanos(Duration.ofSeconds(15).toNanos())
        .addSample(List.of("work", "main"), 10)
        .addSample(List.of("sort", "work", "main"), 20)
        .addSample(List.of("idle", "main"), 30)
        .toByteArray();
  }

  /**
   * A heap profile that can be checked by eye, of two sample types: {@code main;load} has 3 objects
   * of 24 bytes, {@code main;cache} 5 of 80. Uncompressed.
   */
  public static byte[] tinyHeap(Instant time) {
    return new PprofBuilder()
        .addSampleType("inuse_objects", "count")
        .addSampleType("inuse_space", "bytes")
        .periodType("space", "bytes")
        .period(524_288)
        .timeNanos(nanos(time))
        .addSample(List.of("load", "main"), 3, 72)
        .addSample(List.of("cache", "main"), 5, 400)
        .toByteArray();
  }

  /** The same profile taken at another time, uncompressed: fixtures are too old to be ingested. */
  public static byte[] at(byte[] pprof, Instant time) {
    return parse(pprof).toBuilder().setTimeNanos(nanos(time)).build().toByteArray();
  }

  /** The profile by protobuf's own code, gzip or not. */
  public static Profile parse(byte[] pprof) {
    try {
      return Profile.parseFrom(gunzip(pprof));
    } catch (IOException e) {
      throw new UncheckedIOException("Not a pprof", e);
    }
  }

  private static byte[] gunzip(byte[] pprof) throws IOException {
    boolean isGzip = pprof.length > 2 && pprof[0] == 0x1F && pprof[1] == (byte) 0x8B;
    if (!isGzip) {
      return pprof;
    }

    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(pprof))) {
      return in.readAllBytes();
    }
  }

  private static long nanos(Instant time) {
    return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
  }

  private static byte[] load(String name) {
    try (InputStream in = TestProfiles.class.getResourceAsStream("/fixtures/" + name + ".pb.gz")) {
      if (in == null) {
        throw new IllegalStateException("No fixture " + name);
      }

      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("Fixture " + name, e);
    }
  }

  private TestProfiles() {}
}
