/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import io.flamelake.model.Matcher;
import io.flamelake.model.Selector;
import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.query.plan.QueryEngine;
import io.flamelake.query.tail.HotTail;
import io.flamelake.segment.store.InMemoryObjectStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Table;

/**
 * Asks a store random questions of every kind, and compares each answer with what going through all
 * profiles finds.
 */
public final class RandomQuestions {
  private final TestProfiles random;
  private final ProfileStore store;
  private final List<TestProfile> profiles;
  private final QueryCancellation never = new QueryCancellation();

  /**
   * @param profiles all that the store holds
   */
  public RandomQuestions(TestProfiles random, ProfileStore store, List<TestProfile> profiles) {
    this.random = random;
    this.store = store;
    this.profiles = profiles;
  }

  /** Stacks by function name; tells how many questions had an answer. */
  public int mergeStacks(int count) {
    int matching = 0;
    for (int i = 0; i < count; i++) {
      ProfileQuery query = random.query(profiles);
      Map<String, Long> expected = new ProfileOracle(profiles).stacks(query);
      ProfileSnapshot snapshot = store.pin();
      StackSums sums = new StackSums();
      snapshot.sumStacks(query, sums, never);

      assertThat(stacks(snapshot.toCallTree(sums, never))).as("%s", query).isEqualTo(expected);
      matching += expected.isEmpty() ? 0 : 1;
    }

    return matching;
  }

  /**
   * Flame graphs, put together from roll-ups and profiles; tells how many questions read roll-ups.
   *
   * @param table where the profiles are
   */
  public int flameGraphs(Table table, int count) {
    int fromRollUps = 0;
    for (int i = 0; i < count; i++) {
      ProfileQuery query = mostlyOfWholeHours(random.query(profiles));
      QueryReads reads = new QueryReads();
      ProfileStore counted = new CountedStore(store, reads);
      try (HotTail nothing = emptyTail(counted, table)) {
        Map<String, Long> answer =
            new QueryEngine(counted, nothing)
                .answer(
                    List.of(query.tenant()),
                    never,
                    pinned ->
                        stacks(
                            pinned.callTree(
                                new ProfileSelection(
                                    query.type(),
                                    query.selector(),
                                    query.range(),
                                    query.samples()))));

        assertThat(answer).as("%s", query).isEqualTo(new ProfileOracle(profiles).stacks(query));
      }

      QueryReads.Totals totals = reads.totals();
      fromRollUps += totals.hourRows() + totals.dayRows() > 0 ? 1 : 0;
    }

    return fromRollUps;
  }

  private static HotTail emptyTail(ProfileStore store, Table table) {
    return new HotTail(
        QueryConfig.defaults(),
        store,
        new InMemoryObjectStore(),
        table,
        new SimpleMeterRegistry(),
        Clock.systemUTC());
  }

  /** Roll-ups are asked for whole services, over whole hours or with an edge. */
  private ProfileQuery mostlyOfWholeHours(ProfileQuery query) {
    if (random.nextInt(4) == 0) {
      return query;
    }

    long firstHour = RollUpPeriod.HOUR.number(TestProfiles.START_MICROS) + random.nextInt(3);
    long edge = random.nextInt(2) == 0 ? 0 : random.nextInt(3_600) * 1_000_000L;
    return new ProfileQuery(
        query.tenant(),
        query.type(),
        random.nextInt(2) == 0
            ? Selector.ALL
            : new Selector(
                List.of(
                    new Matcher(
                        LabelNames.SERVICE_NAME, Matcher.Operator.REGEX, "a.*|line\\nbreak"))),
        new TimeRange(
            RollUpPeriod.HOUR.startMicros(firstHour) - edge,
            RollUpPeriod.HOUR.startMicros(firstHour + 1 + random.nextInt(4)) + edge));
  }

  /** Stacks with lines, files and mappings. */
  public void resolveFrames(int count) {
    for (int i = 0; i < count; i++) {
      ProfileQuery query = random.query(profiles);
      ProfileSnapshot snapshot = store.pin();
      StackSums sums = new StackSums();
      snapshot.sumStacks(query, sums, never);
      Map<String, Long> frames = new TreeMap<>();
      snapshot.forEachStack(
          sums, (stack, value) -> frames.merge(frames(stack).toString(), value, Long::sum), never);

      assertThat(frames).as("%s", query).isEqualTo(new ProfileOracle(profiles).frames(query));
    }
  }

  /** Sums and averages by group and time; tells how many series there were. */
  public int sumSeries(int count) {
    int points = 0;
    for (int i = 0; i < count; i++) {
      ProfileQuery query = random.query(profiles);
      TimeGrid grid = grid();
      query =
          new ProfileQuery(
              query.tenant(), query.type(), query.selector(), grid.range(), query.samples());
      List<String> groupBy = random.groupBy();
      SeriesAccumulator series = new SeriesAccumulator(grid, groupBy);
      store.pin().sumSeries(query, series, never);
      Map<LabelSet, Map<Long, long[]>> expected =
          new ProfileOracle(profiles).series(query, grid, groupBy);

      assertThat(byTime(series.sums(0))).as("%s", query).isEqualTo(values(expected, false));
      assertThat(byTime(series.averages(0))).as("%s", query).isEqualTo(values(expected, true));
      points += expected.size();
    }

    return points;
  }

  /** Single profiles; tells how many there were. */
  public int showProfiles(int count) {
    int visited = 0;
    for (int i = 0; i < count; i++) {
      ProfileQuery query = random.query(profiles);
      Map<SelectedProfile, Long> values = new HashMap<>();
      store
          .pin()
          .visitProfiles(
              query, (profile, value) -> assertThat(values.put(profile, value)).isNull(), never);

      assertThat(values)
          .as("%s", query)
          .isEqualTo(new ProfileOracle(profiles).profileValues(query));
      visited += values.size();
    }

    return visited;
  }

  /** Spans of single profiles; tells how many there were. */
  public int showSpans(int count) {
    int visited = 0;
    for (int i = 0; i < count; i++) {
      ProfileQuery query = random.query(profiles);
      Map<List<Object>, Long> values = new HashMap<>();
      store
          .pin()
          .visitSpans(
              query,
              (profile, trace, span, value) ->
                  assertThat(values.put(List.of(profile, trace, span), value)).isNull(),
              never);

      assertThat(values).as("%s", query).isEqualTo(new ProfileOracle(profiles).spanValues(query));
      visited += values.size();
    }

    return visited;
  }

  /** Label sets. */
  public void collectSeries(int count) {
    for (int i = 0; i < count; i++) {
      ProfileQuery random = this.random.query(profiles);
      LabelQuery query = new LabelQuery(random.tenant(), random.selector(), random.range());
      SeriesCollector collector = new SeriesCollector(100_000);
      store.pin().collectSeries(query, collector, never);

      assertThat(collector.series())
          .as("%s", query)
          .isEqualTo(new ProfileOracle(profiles).labels(query));
    }
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

  static Map<String, Long> stacks(CallTree tree) {
    Map<String, Long> stacks = new TreeMap<>();
    for (int node = 0; node < tree.nodeCount(); node++) {
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

  private record CountedStore(ProfileStore store, QueryReads reads) implements ProfileStore {
    @Override
    public ProfileSnapshot pin(QueryReads unused) {
      return store.pin(reads);
    }

    @Override
    public void check() {
      store.check();
    }

    /** The store is its owner's to close. */
    @Override
    public void close() {}
  }
}
