/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import io.flamelake.model.Label;
import io.flamelake.model.LabelSet;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.model.pprof.PprofFrame;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.PushResponse;
import io.flamelake.testkit.BruteForce;
import io.flamelake.testkit.TestProfiles;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Three profiles of one service for the tests of clients, and what is to be answered about them,
 * found by brute force: a real one of one pod, a small one of another, and one with spans of the
 * first.
 */
final class ShopProfiles {
  static final String SERVICE = "shop";
  static final String SELECTOR = CpuQueries.ofService(SERVICE);
  static final String CALL_SITE = "main;work";
  static final String SPAN = "9a517183f26a089d";

  /** What was sampled within {@link #SPAN}. */
  static final Map<String, Long> SPAN_STACKS = Map.of("main;work;query", 100L);

  private static final long STEP_MILLIS = 15_000;

  private final Instant base;
  private final List<PushedProfile> profiles;

  private ShopProfiles(Instant base) {
    this.base = base;
    this.profiles =
        List.of(
            profile("a", TestProfiles.at(TestProfiles.goCpu(), base), base),
            profile("b", TestProfiles.tinyCpu(base.plusSeconds(20)), base.plusSeconds(20)),
            profile("a", withSpans(base.plusSeconds(60)), base.plusSeconds(60)));
  }

  /** Pushes them, each in a request of its own. */
  static ShopProfiles push(FlamelakeClient client) {
    ShopProfiles shop =
        new ShopProfiles(
            Instant.now().minus(Duration.ofMinutes(10)).truncatedTo(ChronoUnit.MILLIS));
    for (PushedProfile profile : shop.profiles) {
      client.call(PushRequests.METHOD, request(profile), PushResponse.getDefaultInstance());
    }

    return shop;
  }

  private static PushRequest request(PushedProfile profile) {
    return PushRequests.of(
        PushRequests.cpu(
            SERVICE,
            Map.of("pod", profile.pod(), "k8s.pod", profile.pod()),
            PushRequests.sample(profile.id().toString(), profile.pprof())));
  }

  private static PushedProfile profile(String pod, byte[] pprof, Instant time) {
    return new PushedProfile(UUID.randomUUID(), time.toEpochMilli(), pod, pprof);
  }

  private static byte[] withSpans(Instant time) {
    return new PprofBuilder()
        .addSampleType("cpu", "nanoseconds")
        .periodType("cpu", "nanoseconds")
        .timeNanos(TimeUnit.MILLISECONDS.toNanos(time.toEpochMilli()))
        .addSample(stack("query", "work", "main"), span(SPAN), 100)
        .addSample(stack("render", "work", "main"), span("1111111111111111"), 50)
        .addSample(stack("gc", "main"), LabelSet.EMPTY, 7)
        .toByteArray();
  }

  private static List<PprofFrame> stack(String... leafFirst) {
    return List.of(leafFirst).stream().map(PprofFrame::of).toList();
  }

  private static LabelSet span(String id) {
    return LabelSet.of(List.of(new Label("span_id", id)));
  }

  List<PushedProfile> profiles() {
    return profiles;
  }

  /** The only one with spans. */
  PushedProfile withSpans() {
    return profiles.get(2);
  }

  /** The start of a range that holds all of them. */
  long startMillis() {
    return base.minusSeconds(100).toEpochMilli();
  }

  /** After the first of them, before the others. */
  long middleMillis() {
    return base.plusSeconds(10).toEpochMilli();
  }

  long endMillis() {
    return base.plusSeconds(200).toEpochMilli();
  }

  double stepSeconds() {
    return STEP_MILLIS / 1e3;
  }

  long total() {
    return profiles.stream().mapToLong(PushedProfile::total).sum();
  }

  /** The sums of the stacks of some of them. */
  SortedMap<String, Long> stacks(Predicate<PushedProfile> which) {
    return BruteForce.foldedStacks(
        profiles.stream().filter(which).map(PushedProfile::pprof).toList(), "cpu");
  }

  /** The sums of all stacks that begin at {@link #CALL_SITE}. */
  SortedMap<String, Long> stacksOfCallSite() {
    SortedMap<String, Long> stacks = new TreeMap<>(stacks(profile -> true));
    stacks.keySet().removeIf(stack -> !(stack + ";").startsWith(CALL_SITE + ";"));
    return stacks;
  }

  /** The end of the step within which a profile lies, steps being counted from the start. */
  long slot(PushedProfile profile) {
    long start = startMillis();
    long steps = (profile.timeMillis() - start + STEP_MILLIS - 1) / STEP_MILLIS;
    return start + steps * STEP_MILLIS;
  }

  /** The sums of the steps that hold any of the profiles. */
  Map<Long, Double> points(Predicate<PushedProfile> which) {
    return profiles.stream()
        .filter(which)
        .collect(
            Collectors.groupingBy(
                this::slot, TreeMap::new, Collectors.summingDouble(PushedProfile::total)));
  }
}
