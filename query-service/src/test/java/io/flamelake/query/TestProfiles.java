/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static java.util.stream.Collectors.joining;

import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import io.flamelake.model.Matcher;
import io.flamelake.model.ProfileType;
import io.flamelake.model.Selector;
import io.flamelake.model.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/** Random profiles and queries with every awkward value the formats allow. */
public final class TestProfiles {
  public static final List<TenantId> TENANTS =
      List.of(
          new TenantId("acme"),
          new TenantId("Acme"),
          new TenantId("acme'"),
          new TenantId("a.c*m(e)!"));
  public static final List<ProfileType> TYPES =
      List.of(
          ProfileType.parse("process_cpu:cpu:nanoseconds:cpu:nanoseconds"),
          ProfileType.parse("process_cpu:samples:count:cpu:nanoseconds"),
          ProfileType.parse("memory:alloc_space:bytes:space:bytes"));
  public static final List<String> SERVICES =
      List.of("api", "api\"; DROP TABLE", "größe/☃\uD83D\uDD25", "a", "", "line\nbreak");
  private static final List<String> LABEL_NAMES = List.of("pod", "k8s.ns", "env", "weird \"name");
  private static final List<String> LABEL_VALUES =
      List.of(
          "1",
          "2",
          "a.b",
          "a\\b\\",
          "' OR 1=1 --",
          "\"; DROP TABLE profiles",
          "?, '?'",
          "ünï\uD83D\uDD25",
          "nul\u0000byte",
          "line\nbreak",
          "x".repeat(300),
          "y'".repeat(1_024),
          "*",
          "%",
          "_",
          "{}");

  private static final List<String> REGEXES =
      List.of(
          "",
          ".*",
          ".+",
          "a.*|1",
          "[0-9]",
          "api",
          "1|2",
          "a.b",
          "x{300}",
          "(?s).*",
          "(a+)+$",
          "(.*a){25}",
          "' OR 1=1 --",
          ".*'.*",
          ".*\\x00.*",
          "line.break",
          IntStream.range(0, 1_000).mapToObj(i -> "v" + i).collect(joining("|")) + "|1|api");

  /** Two hours before midnight, so that data is in two days and many hours. */
  public static final long START_MICROS =
      Instant.parse("2026-03-01T22:10:00Z").toEpochMilli() * 1_000;

  public static final long SPAN_MICROS = 4 * 3_600_000_000L;

  private final Random random;
  private final List<List<TestProfile.Frame>> stacks = new ArrayList<>();

  public TestProfiles(long seed) {
    this.random = new Random(seed);
    for (int i = 0; i < 60; i++) {
      List<TestProfile.Frame> frames = new ArrayList<>();
      int depth = 1 + random.nextInt(i % 10 == 0 ? 80 : 8);
      for (int d = 0; d < depth; d++) {
        int function = random.nextInt(12);
        frames.add(
            random.nextInt(10) == 0
                ? new TestProfile.Frame(
                    "libc.so!0x" + Integer.toHexString(function + 1),
                    "/lib/libc.so",
                    0,
                    function + 1)
                : TestProfile.Frame.of("main.λ" + function));
      }

      stacks.add(List.copyOf(frames));
    }
  }

  public List<TestProfile> profiles(int count) {
    List<TestProfile> profiles = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      LabelSet labels = LabelSet.of(LabelNames.SERVICE_NAME, pick(SERVICES));
      for (String name : LABEL_NAMES) {
        if (random.nextBoolean()) {
          labels = labels.with(name, labelValue());
        }
      }

      long time = START_MICROS + (long) (random.nextDouble() * SPAN_MICROS);
      if (random.nextInt(10) == 0) {
        time = time / 60_000_000 * 60_000_000;
      }

      profiles.add(
          new TestProfile(
              pick(TENANTS),
              pick(TYPES),
              labels,
              time,
              new UUID(random.nextLong(), random.nextLong()),
              samples()));
    }

    return profiles;
  }

  private List<TestProfile.Sample> samples() {
    int count = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(20);
    boolean spans = random.nextInt(3) == 0;
    boolean traces = random.nextInt(3) == 0;
    Set<List<TestProfile.Frame>> used = new HashSet<>();
    List<TestProfile.Sample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<TestProfile.Frame> frames = pick(stacks);
      if (used.add(frames) || spans) {
        long value = random.nextInt(6) == 0 ? random.nextLong() >>> 12 : 1 + random.nextInt(100);
        samples.add(
            new TestProfile.Sample(
                frames, value, spans ? random.nextInt(4) : 0, traces ? random.nextInt(4) : 0));
      }
    }

    return samples;
  }

  public ProfileQuery query(List<TestProfile> profiles) {
    return new ProfileQuery(
        pick(TENANTS), pick(TYPES), selector(), range(profiles), sampleSelector(profiles));
  }

  private SampleSelector sampleSelector(List<TestProfile> profiles) {
    return switch (random.nextInt(10)) {
      case 0 ->
          new SampleSelector(
              new HashSet<>(List.of(pick(profiles).id(), pick(profiles).id(), new UUID(1, 2))),
              Set.of(),
              Set.of(),
              StackSelector.ALL);
      case 1 -> new SampleSelector(Set.of(), Set.of(1L, 3L), Set.of(), StackSelector.ALL);
      case 2 ->
          new SampleSelector(
              Set.of(), Set.of(), Set.of(new SampleSelector.TraceId(7, 2)), StackSelector.ALL);
      case 3 ->
          new SampleSelector(Set.of(), Set.of(), Set.of(), StackSelector.callSite(callSite()));
      case 4 ->
          new SampleSelector(
              Set.of(), Set.of(), Set.of(), new StackSelector(List.of(), frameFilter()));
      case 5 ->
          new SampleSelector(
              random.nextBoolean()
                  ? Set.of()
                  : new HashSet<>(List.of(pick(profiles).id(), pick(profiles).id())),
              random.nextBoolean() ? Set.of() : Set.of(2L, 3L),
              random.nextBoolean() ? Set.of() : Set.of(new SampleSelector.TraceId(7, 1)),
              new StackSelector(
                  random.nextBoolean() ? List.of() : callSite().subList(0, 1), frameFilter()));
      default -> SampleSelector.ALL;
    };
  }

  private List<String> callSite() {
    List<String> functions = pick(stacks).stream().map(TestProfile.Frame::function).toList();
    return functions.subList(0, 1 + random.nextInt(Math.min(2, functions.size())));
  }

  private FrameFilter frameFilter() {
    return new FrameFilter(
        Set.copyOf(someOf("main.λ1", "main.λ3", "main.λ", "libc.so!0x3", "' OR 1=1")),
        Set.copyOf(someOf("main.λ2", "libc.so!0x5", "λ4", "")),
        someOf("main\\..*1", "(?i)LIBC.*", "nothing|main.λ7", "λ").stream()
            .map(FrameFilter::regex)
            .toList(),
        someOf(".*λ[45]", ".*0x[0-9a-f]", "λ.*").stream().map(FrameFilter::regex).toList());
  }

  /** Few or none. */
  private List<String> someOf(String... values) {
    List<String> some = new ArrayList<>();
    for (String value : values) {
      if (random.nextInt(5) == 0) {
        some.add(value);
      }
    }

    return some;
  }

  public TimeRange range(List<TestProfile> profiles) {
    long a = START_MICROS + (long) (random.nextDouble() * SPAN_MICROS);
    long b = START_MICROS + (long) (random.nextDouble() * SPAN_MICROS);
    return switch (random.nextInt(6)) {
      case 0 -> new TimeRange(pick(profiles).timeMicros(), Math.max(a, b));
      case 1 -> new TimeRange(Math.min(a, b), pick(profiles).timeMicros());
      case 2 -> TimeRange.ofMillis(0, Long.MAX_VALUE);
      case 3 -> new TimeRange(START_MICROS, START_MICROS + SPAN_MICROS);
      default -> new TimeRange(Math.min(a, b), Math.max(a, b));
    };
  }

  public Selector selector() {
    List<Matcher> matchers = new ArrayList<>();
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      matchers.add(matcher());
    }

    return new Selector(matchers);
  }

  private Matcher matcher() {
    if (random.nextInt(3) == 0) {
      return new Matcher(LabelNames.SERVICE_NAME, Matcher.Operator.EQUAL, pick(SERVICES));
    }

    String name =
        switch (random.nextInt(8)) {
          case 0 -> LabelNames.SERVICE_NAME;
          case 1 -> LabelNames.PROFILE_TYPE;
          case 2 -> LabelNames.SERVICE_NAME_PRIVATE;
          case 3 -> "missing";
          default -> pick(LABEL_NAMES);
        };
    return switch (random.nextInt(4)) {
      case 0 -> new Matcher(name, Matcher.Operator.EQUAL, value(name));
      case 1 -> new Matcher(name, Matcher.Operator.NOT_EQUAL, value(name));
      case 2 -> new Matcher(name, Matcher.Operator.REGEX, regex());
      default -> new Matcher(name, Matcher.Operator.NOT_REGEX, regex());
    };
  }

  private String value(String name) {
    return switch (name) {
      case LabelNames.SERVICE_NAME, LabelNames.SERVICE_NAME_PRIVATE -> pick(SERVICES);
      case LabelNames.PROFILE_TYPE -> pick(TYPES).id();
      default -> random.nextInt(4) == 0 ? "" : labelValue();
    };
  }

  /** Half of them are among the first few, so that conditions on two labels still find profiles. */
  private String labelValue() {
    return random.nextBoolean() ? LABEL_VALUES.get(random.nextInt(3)) : pick(LABEL_VALUES);
  }

  private String regex() {
    return pick(REGEXES);
  }

  public List<String> groupBy() {
    List<String> names = new ArrayList<>(LABEL_NAMES);
    names.addAll(List.of(LabelNames.SERVICE_NAME, LabelNames.PROFILE_TYPE, "missing"));
    List<String> chosen = new ArrayList<>();
    int count = random.nextInt(3);
    for (int i = 0; i < count; i++) {
      chosen.add(pick(names));
    }

    return chosen.stream().distinct().toList();
  }

  public int nextInt(int bound) {
    return random.nextInt(bound);
  }

  private <T> T pick(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
