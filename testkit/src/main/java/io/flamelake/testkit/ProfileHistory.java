/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;
import io.flamelake.model.XxHash64;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * What a small fleet pushes in some days: two tenants with five services of two pods each, which
 * take one CPU profile and one heap profile a minute.
 *
 * <p>Every profile is computed from the seed and its place alone, so that a month of them needs no
 * memory and what queries must answer can be found from here, without asking a store. Encoding one
 * takes some microseconds. Thread-safe.
 */
public final class ProfileHistory {
  public static final Duration INTERVAL = Duration.ofMinutes(1);
  public static final List<String> TENANTS = List.of("north", "south");
  public static final List<String> SERVICES =
      List.of("ads", "cart", "checkout", "payments", "search");
  public static final List<ProfileType> TYPES =
      List.of(ProfileSynthesizer.CPU, ProfileSynthesizer.INUSE_SPACE);
  public static final int PODS_PER_SERVICE = 2;

  private static final int MINUTES_PER_DAY = 24 * 60;
  private static final int TEMPLATES_PER_DAY = 12;
  private static final int MIN_SAMPLES = 14;
  private static final int SAMPLE_COUNTS = 12;
  private static final int MAX_UNITS = 60;
  private static final long CPU_PERIOD_NANOS = 10_000_000;
  private static final long HEAP_PERIOD_BYTES = 524_288;

  private record TemplateKey(String service, ProfileType type, int day, int number) {}

  private final Instant start;
  private final int days;
  private final long seed;
  private final List<HistorySeries> series;
  private final Map<String, HistoryStacks> stacks = new HashMap<>();
  private final Map<TemplateKey, HistoryTemplate> templates = new ConcurrentHashMap<>();

  /**
   * @param start a full hour
   */
  public ProfileHistory(Instant start, int days, long seed) {
    requireNonNull(start, "start");
    if (!start.equals(start.truncatedTo(ChronoUnit.HOURS))) {
      throw new IllegalArgumentException("start: " + start + " (expected: a full hour)");
    }

    if (days < 1) {
      throw new IllegalArgumentException("days: " + days + " (expected: > 0)");
    }

    this.start = start;
    this.days = days;
    this.seed = seed;
    this.series = makeSeries();
    for (String service : SERVICES) {
      stacks.put(service, new HistoryStacks(service, days, seed));
    }
  }

  private static List<HistorySeries> makeSeries() {
    List<HistorySeries> series = new ArrayList<>();
    for (String tenant : TENANTS) {
      for (String service : SERVICES) {
        for (int pod = 0; pod < PODS_PER_SERVICE; pod++) {
          for (ProfileType type : TYPES) {
            series.add(
                new HistorySeries(
                    series.size(), new TenantId(tenant), service, service + "-" + pod, type));
          }
        }
      }
    }

    return List.copyOf(series);
  }

  public Instant start() {
    return start;
  }

  /** When the first profile after the last one would be taken. */
  public Instant end() {
    return time(minutes());
  }

  public int days() {
    return days;
  }

  /** How many profiles each series has. */
  public int minutes() {
    return days * MINUTES_PER_DAY;
  }

  public Instant time(int minute) {
    return start.plus(INTERVAL.multipliedBy(minute));
  }

  /** The minute of the first profile at or after a time, within the history. */
  public int firstMinuteAt(Instant time) {
    long millis = Duration.between(start, time).toMillis();
    long minute = -Math.floorDiv(-millis, INTERVAL.toMillis());
    return (int) Math.max(0, Math.min(minutes(), minute));
  }

  public List<HistorySeries> series() {
    return series;
  }

  /** The id that the profile is pushed under. */
  public UUID id(HistorySeries series, int minute) {
    return new UUID(XxHash64.hash(series.index(), seed), XxHash64.hash(minute, seed));
  }

  /** The profile as pprof, uncompressed. */
  public byte[] pprof(HistorySeries series, int minute) {
    SplittableRandom random = random(series, minute);
    HistoryTemplate template = template(series, minute, random);
    long[] values = new long[template.samples()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(series, random);
    }

    return template.pprof(TimeUnit.SECONDS.toNanos(time(minute).getEpochSecond()), values);
  }

  /** The sum of the profile's values. */
  public long total(HistorySeries series, int minute) {
    SplittableRandom random = random(series, minute);
    HistoryTemplate template = template(series, minute, random);
    long total = 0;
    for (int i = 0; i < template.samples(); i++) {
      total += value(series, random);
    }

    return total;
  }

  /** How many stacks a service shows in the whole history, by its own count. */
  int stacks(String service) {
    return serviceStacks(service).size();
  }

  /** Adds the values of one profile to sums by stack. */
  void addTo(long[] sumsByStack, HistorySeries series, int minute) {
    SplittableRandom random = random(series, minute);
    HistoryTemplate template = template(series, minute, random);
    for (int i = 0; i < template.samples(); i++) {
      sumsByStack[template.stack(i)] += value(series, random);
    }
  }

  /** Sums by stack as sums by functions: root first, divided by semicolons. */
  SortedMap<String, Long> folded(String service, long[] sumsByStack) {
    SortedMap<String, Long> folded = new TreeMap<>();
    for (int stack = 0; stack < sumsByStack.length; stack++) {
      if (sumsByStack[stack] != 0) {
        folded.merge(serviceStacks(service).folded(stack), sumsByStack[stack], Long::sum);
      }
    }

    return folded;
  }

  private HistoryTemplate template(HistorySeries series, int minute, SplittableRandom random) {
    int day = minute / MINUTES_PER_DAY;
    return templates.computeIfAbsent(
        new TemplateKey(series.service(), series.type(), day, random.nextInt(TEMPLATES_PER_DAY)),
        this::makeTemplate);
  }

  private HistoryTemplate makeTemplate(TemplateKey key) {
    String name = key.service() + ' ' + key.type().id() + ' ' + key.day() + ' ' + key.number();
    SplittableRandom random = new SplittableRandom(XxHash64.hash(name.hashCode(), seed));
    HistoryStacks pool = serviceStacks(key.service());
    int[] drawn =
        random
            .ints(MIN_SAMPLES + random.nextInt(SAMPLE_COUNTS), 0, Integer.MAX_VALUE)
            .map(any -> pool.draw(key.day(), random))
            .distinct()
            .toArray();
    return new HistoryTemplate(pool, drawn, key.type(), period(key.type()));
  }

  private HistoryStacks serviceStacks(String service) {
    return requireNonNull(stacks.get(service), service);
  }

  private SplittableRandom random(HistorySeries series, int minute) {
    return new SplittableRandom(XxHash64.hash(minute, XxHash64.hash(series.index(), seed)));
  }

  /** Small values are the most. */
  private static long value(HistorySeries series, SplittableRandom random) {
    double uniform = random.nextDouble();
    return period(series.type()) * (1 + (long) (uniform * uniform * MAX_UNITS));
  }

  private static long period(ProfileType type) {
    return type.equals(ProfileSynthesizer.CPU) ? CPU_PERIOD_NANOS : HEAP_PERIOD_BYTES;
  }
}
