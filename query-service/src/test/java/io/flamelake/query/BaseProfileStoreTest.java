/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.model.LabelSet;
import io.flamelake.model.Selector;
import io.flamelake.model.TenantId;
import io.flamelake.model.flamegraph.CallTree;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What every {@link ProfileStore} has to answer, whatever engine and file layout it reads with. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BaseProfileStoreTest {
  private final TestProfiles random = new TestProfiles(42);
  private final QueryCancellation never = new QueryCancellation();

  /** The store under test, which holds exactly {@link #profiles()}. */
  protected abstract ProfileStore store();

  /** The profiles that the store holds. */
  protected abstract List<TestProfile> profiles();

  /** How many random questions each test asks. */
  protected int queries() {
    return 150;
  }

  @Test
  void mergesStacks() {
    int matching = 0;
    for (int i = 0; i < queries(); i++) {
      ProfileQuery query = random.query(profiles());
      Map<String, Long> expected = new ProfileOracle(profiles()).stacks(query);
      ProfileSnapshot snapshot = store().pin();
      StackSums sums = new StackSums();
      snapshot.sumStacks(query, sums, never);

      assertThat(stacks(snapshot.toCallTree(sums, never))).as("%s", query).isEqualTo(expected);
      matching += expected.isEmpty() ? 0 : 1;
    }

    assertThat(matching).isGreaterThan(queries() / 5);
  }

  @Test
  void resolvesLinesAndFiles() {
    for (int i = 0; i < queries() / 5; i++) {
      ProfileQuery query = random.query(profiles());
      ProfileSnapshot snapshot = store().pin();
      StackSums sums = new StackSums();
      snapshot.sumStacks(query, sums, never);
      Map<String, Long> frames = new TreeMap<>();
      snapshot.forEachStack(
          sums, (stack, value) -> frames.merge(frames(stack).toString(), value, Long::sum), never);

      assertThat(frames).as("%s", query).isEqualTo(new ProfileOracle(profiles()).frames(query));
    }
  }

  @Test
  void sumsSeries() {
    int points = 0;
    for (int i = 0; i < queries(); i++) {
      ProfileQuery query = random.query(profiles());
      TimeGrid grid = grid();
      query =
          new ProfileQuery(
              query.tenant(), query.type(), query.selector(), grid.range(), query.samples());
      List<String> groupBy = random.groupBy();
      SeriesAccumulator series = new SeriesAccumulator(grid, groupBy);
      store().pin().sumSeries(query, series, never);
      Map<LabelSet, Map<Long, long[]>> expected =
          new ProfileOracle(profiles()).series(query, grid, groupBy);

      assertThat(byTime(series.sums(0))).as("%s", query).isEqualTo(values(expected, false));
      assertThat(byTime(series.averages(0))).as("%s", query).isEqualTo(values(expected, true));
      points += expected.size();
    }

    assertThat(points).isGreaterThan(queries() / 3);
  }

  @Test
  void showsEachProfileOnce() {
    int visited = 0;
    for (int i = 0; i < queries(); i++) {
      ProfileQuery query = random.query(profiles());
      Map<SelectedProfile, Long> values = new HashMap<>();
      store()
          .pin()
          .visitProfiles(
              query, (profile, value) -> assertThat(values.put(profile, value)).isNull(), never);

      assertThat(values)
          .as("%s", query)
          .isEqualTo(new ProfileOracle(profiles()).profileValues(query));
      visited += values.size();
    }

    assertThat(visited).isGreaterThan(queries());
  }

  @Test
  void showsEachSpanOfEachProfileOnce() {
    int visited = 0;
    for (int i = 0; i < queries(); i++) {
      ProfileQuery query = random.query(profiles());
      Map<List<Object>, Long> values = new HashMap<>();
      store()
          .pin()
          .visitSpans(
              query,
              (profile, trace, span, value) ->
                  assertThat(values.put(List.of(profile, trace, span), value)).isNull(),
              never);

      assertThat(values).as("%s", query).isEqualTo(new ProfileOracle(profiles()).spanValues(query));
      visited += values.size();
    }

    assertThat(visited).isGreaterThan(queries());
  }

  @Test
  void collectsSeries() {
    for (int i = 0; i < queries(); i++) {
      ProfileQuery random = this.random.query(profiles());
      LabelQuery query = new LabelQuery(random.tenant(), random.selector(), random.range());
      SeriesCollector collector = new SeriesCollector(100_000);
      store().pin().collectSeries(query, collector, never);

      assertThat(collector.series())
          .as("%s", query)
          .isEqualTo(new ProfileOracle(profiles()).labels(query));
    }
  }

  @Test
  void tellsStatsOfEachTenant() {
    List<TenantId> tenants = new ArrayList<>(TestProfiles.TENANTS);
    tenants.add(new TenantId("nobody"));
    for (TenantId tenant : tenants) {
      assertThat(store().pin().stats(tenant, never))
          .isEqualTo(new ProfileOracle(profiles()).stats(tenant));
    }
  }

  @Test
  void limitsTheNumberOfSeries() {
    LabelQuery query =
        new LabelQuery(
            TestProfiles.TENANTS.get(0), Selector.ALL, TimeRange.ofMillis(0, Long.MAX_VALUE));
    SeriesCollector collector = new SeriesCollector(3);

    assertThatThrownBy(() -> store().pin().collectSeries(query, collector, never))
        .isInstanceOf(QueryTooLargeException.class)
        .hasMessageContaining("more than 3 series");
  }

  @Test
  void stopsWhenCancelled() {
    QueryCancellation cancelled = new QueryCancellation();
    cancelled.cancel();
    ProfileQuery query =
        new ProfileQuery(
            TestProfiles.TENANTS.get(0),
            TestProfiles.TYPES.get(0),
            Selector.ALL,
            TimeRange.ofMillis(0, Long.MAX_VALUE));

    assertThatThrownBy(() -> store().pin().sumStacks(query, new StackSums(), cancelled))
        .isInstanceOf(QueryCancelledException.class)
        .hasMessage("Query cancelled");
  }

  @Test
  void addsToWhatAnAccumulatorHolds() {
    ProfileQuery query =
        new ProfileQuery(
            TestProfiles.TENANTS.get(0),
            TestProfiles.TYPES.get(0),
            Selector.ALL,
            TimeRange.ofMillis(0, Long.MAX_VALUE));
    ProfileSnapshot snapshot = store().pin();
    StackSums once = new StackSums();
    snapshot.sumStacks(query, once, never);
    StackSums twice = new StackSums();
    snapshot.sumStacks(query, twice, never);
    snapshot.sumStacks(query, twice, never);

    assertThat(twice.total()).isEqualTo(2 * once.total()).isNotZero();
  }

  @Test
  void keepsTheValueOfStacksWithoutSymbols() {
    StackSums sums = new StackSums();
    sums.group(TestProfiles.TENANTS.get(0), "api", 20_000).add(4711, 5);
    sums.group(TestProfiles.TENANTS.get(0), "api", 20_000).add(4712, 6);
    ProfileSnapshot snapshot = store().pin();

    assertThat(stacks(snapshot.toCallTree(sums, never)))
        .isEqualTo(Map.of("[" + StackSums.UNKNOWN_STACK + "]", 11L));
    Map<String, Long> visited = new HashMap<>();
    snapshot.forEachStack(sums, (stack, value) -> visited.put(stack.function(0), value), never);
    assertThat(visited).isEqualTo(Map.of(StackSums.UNKNOWN_STACK, 11L));
  }

  private TimeGrid grid() {
    long step = List.of(1_000L, 15_000L, 61_000L, 3_600_000L).get(random.nextInt(4));
    long start = TestProfiles.START_MICROS / 1000 + random.nextInt(3_600_000);
    return new TimeGrid(start, start + random.nextInt(10_000_000), step);
  }

  private static List<TestProfile.Frame> frames(StackFrames stack) {
    List<TestProfile.Frame> frames = new ArrayList<>();
    for (int frame = 0; frame < stack.depth(); frame++) {
      String mapping = stack.mapping(frame);
      frames.add(
          new TestProfile.Frame(
              stack.function(frame),
              mapping == null ? stack.file(frame) : mapping,
              stack.line(frame),
              stack.address(frame)));
    }

    return frames;
  }

  private static Map<String, Long> stacks(CallTree tree) {
    Map<String, Long> stacks = new TreeMap<>();
    for (int node = 1; node < tree.nodeCount(); node++) {
      if (tree.self(node) != 0) {
        List<String> path = new ArrayList<>();
        for (int at = node; at > 0; at = tree.parent(at)) {
          path.add(tree.name(at));
        }

        Collections.reverse(path);
        stacks.put(path.toString(), tree.self(node));
      }
    }

    return stacks;
  }

  private static Map<LabelSet, Map<Long, Double>> byTime(List<ProfileSeries> series) {
    Map<LabelSet, Map<Long, Double>> byTime = new HashMap<>();
    for (ProfileSeries one : series) {
      Map<Long, Double> points = new TreeMap<>();
      for (int i = 0; i < one.timesMillis().length; i++) {
        points.put(one.timesMillis()[i], one.values()[i]);
      }

      byTime.put(one.labels(), points);
    }

    return byTime;
  }

  private static Map<LabelSet, Map<Long, Double>> values(
      Map<LabelSet, Map<Long, long[]>> sums, boolean average) {
    Map<LabelSet, Map<Long, Double>> values = new HashMap<>();
    sums.forEach(
        (labels, points) -> {
          Map<Long, Double> converted = new TreeMap<>();
          points.forEach(
              (time, sum) ->
                  converted.put(time, average ? (double) sum[0] / sum[1] : (double) sum[0]));
          values.put(labels, converted);
        });
    return values;
  }
}
