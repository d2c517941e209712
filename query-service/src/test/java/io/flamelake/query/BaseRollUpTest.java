/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.catalog.PartitionVersion;
import io.flamelake.catalog.ProfilesKept;
import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import io.flamelake.model.Matcher;
import io.flamelake.model.ProfileType;
import io.flamelake.model.Selector;
import io.flamelake.model.TenantId;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.query.lake.FileLayout;
import io.flamelake.query.lake.LakeFixture;
import io.flamelake.query.lake.RollUpWriter;
import io.flamelake.query.plan.QueryEngine;
import io.flamelake.query.tail.HotTail;
import io.flamelake.segment.Lane;
import io.flamelake.segment.store.InMemoryObjectStore;
import io.flamelake.segment.store.ObjectStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * What every engine has to answer where there are roll-ups. That roll-ups are used is seen by
 * writing wrong ones: each holds {@value #ROLLED_UP} under the one function {@value #MARK}. Each
 * test has a tenant of its own.
 */
@TestInstance(Lifecycle.PER_CLASS)
public abstract class BaseRollUpTest {
  private static final ProfileType TYPE = TestProfiles.TYPES.get(0);
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final long HOUR = RollUpPeriod.HOUR.number(micros(NOON));
  private static final long DAY = RollUpPeriod.DAY.number(micros(NOON));
  private static final String MARK = "from a roll-up";
  private static final long ROLLED_UP = 1_000_000;

  private final ObjectStore objects = new InMemoryObjectStore();
  private final Lane lane = Lane.open(objects, Clock.systemUTC());
  private final Set<List<Object>> rolledUp = new HashSet<>();
  private HotTail tail;

  /** The store under test, which reads the fixture's tables. */
  protected abstract ProfileStore store();

  /** Tables that nobody else writes. */
  protected abstract LakeFixture fixture();

  /** How the roll-ups are stored. */
  protected FileLayout layout() {
    return FileLayout.ICEBERG;
  }

  /** How many random questions a test asks. */
  protected int queries() {
    return 60;
  }

  @BeforeEach
  void openTail() {
    this.tail =
        new HotTail(
            QueryConfig.defaults(),
            store(),
            objects,
            fixture().tables().profiles(),
            new SimpleMeterRegistry(),
            Clock.systemUTC());
  }

  @AfterEach
  void closeTail() {
    tail.close();
  }

  private static long micros(Instant time) {
    return time.toEpochMilli() * 1_000;
  }

  private static TestProfile profile(TenantId tenant, String service, Instant time, long value) {
    return profile(tenant, service, time, "work", value);
  }

  private static TestProfile profile(
      TenantId tenant, String service, Instant time, String function, long value) {
    return new TestProfile(
        tenant,
        TYPE,
        LabelSet.of(LabelNames.SERVICE_NAME, service, "pod", "1"),
        micros(time),
        UUID.randomUUID(),
        List.of(
            new TestProfile.Sample(
                List.of(TestProfile.Frame.of("main"), TestProfile.Frame.of(function)),
                value,
                0,
                0)));
  }

  private static TestProfile mark(TenantId tenant, String service, Instant time) {
    return new TestProfile(
        tenant,
        TYPE,
        LabelSet.of(LabelNames.SERVICE_NAME, service),
        micros(time),
        UUID.randomUUID(),
        List.of(new TestProfile.Sample(List.of(TestProfile.Frame.of(MARK)), ROLLED_UP, 0, 0)));
  }

  private void append(TestProfile... profiles) throws IOException {
    fixture().append(List.of(profiles), FileLayout.FLAMELAKE);
  }

  private RollUpWriter rollUps() {
    return new RollUpWriter(fixture().tables(), layout());
  }

  private Map<String, Long> ask(TenantId tenant, Selector selector, TimeRange range) {
    return ask(tenant, new ProfileSelection(TYPE, selector, range));
  }

  private Map<String, Long> ask(TenantId tenant, ProfileSelection selection) {
    return new QueryEngine(store(), tail)
        .answer(
            List.of(tenant),
            new QueryCancellation(),
            profiles -> RandomQuestions.stacks(profiles.callTree(selection)));
  }

  private Map<String, Long> ask(TenantId tenant, Instant from, Instant to) {
    return ask(tenant, Selector.ALL, new TimeRange(micros(from), micros(to)));
  }

  private static Map<String, Long> marks(int count) {
    return Map.of("[" + MARK + "]", count * ROLLED_UP);
  }

  private static Map<String, Long> work(long value) {
    return Map.of("[main, work]", value);
  }

  private static Map<String, Long> marksAndWork(int count, long value) {
    return Map.of("[" + MARK + "]", count * ROLLED_UP, "[main, work]", value);
  }

  @Test
  void answersFullHourFromRollUpOnly() throws IOException {
    TenantId tenant = new TenantId("full-hour");
    append(
        profile(tenant, "api", NOON, 1),
        profile(tenant, "api", NOON.plusSeconds(1800), 10),
        profile(tenant, "api", NOON.plusSeconds(3600), 100));
    rollUps().write(RollUpPeriod.HOUR, tenant, HOUR, List.of(mark(tenant, "api", NOON)));

    assertThat(ask(tenant, NOON, NOON.plusSeconds(3600))).isEqualTo(marks(1));
    assertThat(ask(tenant, NOON.minusSeconds(60), NOON.plusSeconds(7200)))
        .isEqualTo(marksAndWork(1, 100));
  }

  @Test
  void answersPartOfHourFromProfiles() throws IOException {
    TenantId tenant = new TenantId("edges");
    append(
        profile(tenant, "api", NOON, 1),
        profile(tenant, "api", NOON.plusSeconds(1800), 10),
        profile(tenant, "api", NOON.plusSeconds(3600).minusMillis(1), 100));
    rollUps().write(RollUpPeriod.HOUR, tenant, HOUR, List.of(mark(tenant, "api", NOON)));

    assertThat(ask(tenant, NOON.plusMillis(1), NOON.plusSeconds(3600))).isEqualTo(work(110));
    assertThat(ask(tenant, NOON, NOON.plusSeconds(3600).minusMillis(1))).isEqualTo(work(11));
    assertThat(ask(tenant, NOON.plusSeconds(1), NOON.plusSeconds(2))).isEmpty();
    assertThat(ask(tenant, NOON, NOON)).isEmpty();
  }

  @Test
  void answersFullDayFromItsOwnRollUp() throws IOException {
    TenantId tenant = new TenantId("full-day");
    Instant midnight = Instant.parse("2026-03-01T00:00:00Z");
    append(
        profile(tenant, "api", midnight, 1),
        profile(tenant, "api", NOON, 10),
        profile(tenant, "api", midnight.plusSeconds(86_400), 100));
    rollUps().write(RollUpPeriod.DAY, tenant, DAY, List.of(mark(tenant, "api", NOON)));
    rollUps()
        .write(
            RollUpPeriod.HOUR,
            tenant,
            HOUR,
            List.of(mark(tenant, "api", NOON), mark(tenant, "api", NOON)));

    assertThat(ask(tenant, midnight, midnight.plusSeconds(86_400))).isEqualTo(marks(1));
    assertThat(ask(tenant, midnight.minusSeconds(9), midnight.plusSeconds(86_401)))
        .isEqualTo(marksAndWork(1, 100));
    assertThat(ask(tenant, midnight.plusMillis(1), midnight.plusSeconds(86_400)))
        .as("a part of the day is left to its hours")
        .isEqualTo(marks(2));
    assertThat(ask(tenant, midnight, midnight.plusSeconds(86_399))).isEqualTo(marksAndWork(2, 1));
  }

  @Test
  void neverUsesRollUpOfOtherContent() throws IOException {
    TenantId tenant = new TenantId("stale");
    Instant midnight = Instant.parse("2026-03-01T00:00:00Z");
    Instant nextMidnight = midnight.plusSeconds(86_400);
    append(profile(tenant, "api", NOON, 1));
    List<TestProfile> marks = List.of(mark(tenant, "api", NOON));
    PartitionVersion version = rollUps().version(RollUpPeriod.HOUR, tenant, HOUR);
    rollUps().write(RollUpPeriod.HOUR, tenant, HOUR, marks);
    rollUps().write(RollUpPeriod.DAY, tenant, DAY, marks);
    assertThat(ask(tenant, NOON, NOON.plusSeconds(3600))).isEqualTo(marks(1));

    append(profile(tenant, "other", NOON.plusSeconds(7200), 10));
    assertThat(ask(tenant, NOON, NOON.plusSeconds(3600)))
        .as("late data in another hour")
        .isEqualTo(marks(1));
    assertThat(ask(tenant, midnight, nextMidnight))
        .as("which is of the same day")
        .isEqualTo(marksAndWork(1, 10));

    append(profile(tenant, "other", NOON.plusSeconds(60), 100));
    assertThat(ask(tenant, NOON, NOON.plusSeconds(3600))).isEqualTo(work(101));
    assertThat(ask(tenant, midnight, nextMidnight)).isEqualTo(work(111));

    PartitionVersion now = rollUps().version(RollUpPeriod.HOUR, tenant, HOUR);
    for (PartitionVersion wrong :
        List.of(
            new PartitionVersion(version.sequence(), now.rows()),
            new PartitionVersion(now.sequence(), now.rows() - 1),
            new PartitionVersion(now.sequence() + 1, now.rows()))) {
      TenantId other = new TenantId("stale-" + wrong.sequence() + "-" + wrong.rows());
      append(profile(other, "api", NOON, 5));
      PartitionVersion right = rollUps().version(RollUpPeriod.HOUR, other, HOUR);
      rollUps()
          .write(
              RollUpPeriod.HOUR,
              other,
              HOUR,
              List.of(mark(other, "api", NOON)),
              new PartitionVersion(
                  right.sequence() + wrong.sequence() - now.sequence(),
                  right.rows() + wrong.rows() - now.rows()));
      assertThat(ask(other, NOON, NOON.plusSeconds(3600))).isEqualTo(work(5));
    }
  }

  @Test
  void doesNotBelieveRowsThatContradictEachOther() throws IOException {
    TenantId tenant = new TenantId("contradiction");
    append(profile(tenant, "api", NOON, 1), profile(tenant, "cart", NOON, 10));
    rollUps().write(RollUpPeriod.HOUR, tenant, HOUR, List.of(mark(tenant, "api", NOON)));
    rollUps()
        .write(
            RollUpPeriod.HOUR,
            tenant,
            HOUR,
            List.of(mark(tenant, "cart", NOON)),
            new PartitionVersion(1, 1));

    assertThat(ask(tenant, NOON, NOON.plusSeconds(3600))).isEqualTo(work(11));
  }

  @Test
  void selectsRollUpsByServiceAndTypeOnly() throws IOException {
    TenantId tenant = new TenantId("services");
    append(profile(tenant, "api", NOON, 1), profile(tenant, "cart", NOON, 10));
    rollUps()
        .write(
            RollUpPeriod.HOUR,
            tenant,
            HOUR,
            List.of(mark(tenant, "api", NOON), mark(tenant, "cart", NOON)));
    TimeRange range = RollUpPeriod.HOUR.range(HOUR);

    assertThat(ask(tenant, Selector.ALL, range)).isEqualTo(marks(2));
    for (String one :
        List.of(
            "{service_name=\"api\"}",
            "{service_name!=\"cart\"}",
            "{service_name=~\"a.*\"}",
            "{service_name!~\"c.*\"}",
            "{service_name=~\"a.*|c.*\", service_name!=\"api\"}",
            "{__service_name__=\"api\"}")) {
      assertThat(ask(tenant, Selector.parse(one), range)).as(one).isEqualTo(marks(1));
    }

    assertThat(ask(tenant, Selector.parse("{service_name=\"none\"}"), range)).isEmpty();
    assertThat(ask(tenant, Selector.parse("{pod=\"1\"}"), range)).isEqualTo(work(11));
    assertThat(ask(tenant, Selector.parse("{service_name=\"api\", pod=\"\"}"), range)).isEmpty();
    assertThat(
            ask(
                tenant,
                new ProfileSelection(
                    TYPE,
                    Selector.ALL,
                    range,
                    new SampleSelector(
                        Set.of(), Set.of(), Set.of(), StackSelector.callSite(List.of("main"))))))
        .isEqualTo(work(11));
    assertThat(ask(tenant, new ProfileSelection(TestProfiles.TYPES.get(1), Selector.ALL, range)))
        .isEmpty();
    assertThat(ask(new TenantId("service"), Selector.ALL, range)).isEmpty();
  }

  @Test
  void answersDaysWhoseProfilesAreGoneFromWhatOutlivedThem() throws IOException {
    TenantId tenant = new TenantId("outlived");
    Instant midnight = Instant.parse("2026-03-01T00:00:00Z");
    append(profile(tenant, "api", NOON.plusSeconds(86_400), 1));
    List<TestProfile> marks = List.of(mark(tenant, "api", NOON));
    rollUps().write(RollUpPeriod.HOUR, tenant, HOUR, marks, new PartitionVersion(7, 7));
    assertThat(ask(tenant, midnight, NOON.plusSeconds(99_999))).isEqualTo(work(1));

    fixture().tables().profiles().refresh();
    fixture()
        .tables()
        .profiles()
        .updateProperties()
        .set(ProfilesKept.property(tenant.value()), Long.toString(DAY + 1))
        .commit();
    assertThat(ask(tenant, midnight, NOON.plusSeconds(99_999))).isEqualTo(marksAndWork(1, 1));
    assertThat(ask(tenant, NOON, NOON.plusSeconds(3600))).isEqualTo(marks(1));

    rollUps().write(RollUpPeriod.DAY, tenant, DAY, marks, new PartitionVersion(8, 8));
    assertThat(ask(tenant, midnight, NOON.plusSeconds(99_999)))
        .as("the day counts in place of its hours")
        .isEqualTo(marksAndWork(1, 1));
  }

  @Test
  void addsTheHotTailToRollUps() throws IOException {
    TenantId tenant = new TenantId("tail");
    append(profile(tenant, "api", NOON, 1));
    rollUps().write(RollUpPeriod.HOUR, tenant, HOUR, List.of(mark(tenant, "api", NOON)));
    byte[] late =
        new PprofBuilder()
            .addSampleType("cpu", "nanoseconds")
            .periodType("cpu", "nanoseconds")
            .timeNanos(micros(NOON.plusSeconds(5)) * 1_000)
            .addSample(List.of("work", "main"), 30)
            .toByteArray();
    QueryServer.push(
        lane,
        tenant,
        QueryServer.record(
            LabelSet.of(LabelNames.NAME, "process_cpu", LabelNames.SERVICE_NAME, "api"), late));

    assertThat(ask(tenant, NOON, NOON.plusSeconds(3600))).isEqualTo(marksAndWork(1, 30));
    assertThat(ask(tenant, NOON.minusSeconds(1), NOON.plusSeconds(5))).isEqualTo(work(1));
  }

  @Test
  void answersAsFromProfilesWhateverIsRolledUp() throws IOException {
    TestProfiles random = new TestProfiles(11);
    List<TestProfile> written = new ArrayList<>();
    int fromRollUps = 0;
    for (int round = 0; round < 3; round++) {
      List<TestProfile> profiles = withSecondDay(random.profiles(300), random);
      fixture().append(profiles, FileLayout.FLAMELAKE);
      written.addAll(profiles);
      askAtRandom(random, written);
      rollUpAtRandom(random, written);
      fromRollUps += askAtRandom(random, written);
    }

    fromRollUps += askForEverything(written);
    assertThat(fromRollUps).as("answers with roll-ups").isPositive();
  }

  /** Moves some profiles to the day before, so that there are full days. */
  private static List<TestProfile> withSecondDay(List<TestProfile> profiles, TestProfiles random) {
    List<TestProfile> moved = new ArrayList<>();
    for (TestProfile profile : profiles) {
      long shift = random.nextInt(3) * 12 * 3_600_000_000L;
      moved.add(
          new TestProfile(
              profile.tenant(),
              profile.type(),
              profile.labels(),
              profile.timeMicros() - shift,
              profile.id(),
              profile.samples()));
    }

    return moved;
  }

  private void rollUpAtRandom(TestProfiles random, Collection<TestProfile> profiles)
      throws IOException {
    for (TenantId tenant : TestProfiles.TENANTS) {
      for (RollUpPeriod period : RollUpPeriod.values()) {
        TreeSet<Long> numbers = new TreeSet<>();
        for (TestProfile profile : profiles) {
          if (profile.tenant().equals(tenant)) {
            numbers.add(period.number(profile.timeMicros()));
          }
        }

        if (numbers.isEmpty()) {
          continue;
        }

        Set<Long> covered = covered(period, tenant, numbers.first(), numbers.last());
        for (long number : numbers) {
          // What was rolled up before has changed since or is there, and stays as it is.
          if (random.nextInt(3) != 0
              && !covered.contains(number)
              && rolledUp.add(List.of(period, tenant, number))) {
            rollUps().write(period, tenant, number, profiles);
          }
        }
      }
    }
  }

  private Set<Long> covered(RollUpPeriod period, TenantId tenant, long first, long last) {
    TimeRange range =
        new TimeRange(period.range(first).startMicros(), period.range(last).endMicros());
    RollUpCoverage coverage =
        store().pin().rollUps(tenant, range, new QueryCancellation()).coverage();
    Set<Long> covered = new HashSet<>();
    for (long number = first; number <= last; number++) {
      if ((period == RollUpPeriod.HOUR ? coverage.hours() : coverage.days()).contains(number)) {
        covered.add(number);
      }
    }

    return covered;
  }

  /** Asks for all hours of a type, so that some answer reads roll-ups however few were made. */
  private int askForEverything(List<TestProfile> profiles) {
    long day = 86_400_000_000L;
    TimeRange range =
        new TimeRange(
            (TestProfiles.START_MICROS / day - 2) * day,
            (TestProfiles.START_MICROS / day + 2) * day);
    int fromRollUps = 0;
    for (TenantId tenant : TestProfiles.TENANTS) {
      fromRollUps += compare(new ProfileQuery(tenant, TYPE, Selector.ALL, range), profiles) ? 1 : 0;
    }

    return fromRollUps;
  }

  /** Asks random questions, and tells how many answers read roll-ups. */
  private int askAtRandom(TestProfiles random, List<TestProfile> profiles) {
    int fromRollUps = 0;
    for (int i = 0; i < queries(); i++) {
      fromRollUps += compare(query(random, profiles), profiles) ? 1 : 0;
    }

    return fromRollUps;
  }

  /** Compares with going through all profiles, and tells whether the answer read roll-ups. */
  private boolean compare(ProfileQuery query, List<TestProfile> profiles) {
    QueryReads reads = new QueryReads();
    ProfileStore counted =
        new ProfileStore() {
          @Override
          public ProfileSnapshot pin(QueryReads unused) {
            return store().pin(reads);
          }

          @Override
          public void check() {}

          @Override
          public void close() {}
        };
    ProfileSelection selection =
        new ProfileSelection(query.type(), query.selector(), query.range(), query.samples());
    Map<String, Long> answer =
        new QueryEngine(counted, tail)
            .answer(
                List.of(query.tenant()),
                new QueryCancellation(),
                pinned -> RandomQuestions.stacks(pinned.callTree(selection)));

    assertThat(answer).as("%s", query).isEqualTo(new ProfileOracle(profiles).stacks(query));
    return reads.totals().hourRows() + reads.totals().dayRows() > 0;
  }

  private static ProfileQuery query(TestProfiles random, List<TestProfile> profiles) {
    ProfileQuery query = random.query(profiles);
    if (random.nextInt(4) == 0) {
      return query;
    }

    long start = TestProfiles.START_MICROS - random.nextInt(30) * 3_600_000_000L;
    long end = start + random.nextInt(40) * 3_600_000_000L;
    long edge = random.nextInt(2) == 0 ? 0 : random.nextInt(7_200) * 1_000_000L;
    return new ProfileQuery(
        query.tenant(),
        query.type(),
        services(random),
        new TimeRange(start / 3_600_000_000L * 3_600_000_000L + edge, end));
  }

  private static Selector services(TestProfiles random) {
    List<Matcher> matchers = new ArrayList<>();
    int count = random.nextInt(3);
    for (int i = 0; i < count; i++) {
      String service = TestProfiles.SERVICES.get(random.nextInt(TestProfiles.SERVICES.size()));
      matchers.add(
          switch (random.nextInt(4)) {
            case 0 -> new Matcher(LabelNames.SERVICE_NAME, Matcher.Operator.EQUAL, service);
            case 1 -> new Matcher(LabelNames.SERVICE_NAME, Matcher.Operator.NOT_EQUAL, service);
            case 2 -> new Matcher(LabelNames.SERVICE_NAME, Matcher.Operator.REGEX, "a.*|line.*");
            default -> new Matcher(LabelNames.SERVICE_NAME, Matcher.Operator.NOT_REGEX, ".*b.*");
          });
    }

    return new Selector(matchers);
  }
}
