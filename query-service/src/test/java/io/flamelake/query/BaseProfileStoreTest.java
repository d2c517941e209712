/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.model.Selector;
import io.flamelake.model.TenantId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    assertThat(questions().mergeStacks(queries())).isGreaterThan(queries() / 5);
  }

  @Test
  void resolvesLinesAndFiles() {
    questions().resolveFrames(queries() / 5);
  }

  @Test
  void sumsSeries() {
    assertThat(questions().sumSeries(queries())).isGreaterThan(queries() / 3);
  }

  @Test
  void showsEachProfileOnce() {
    assertThat(questions().showProfiles(queries())).isGreaterThan(queries());
  }

  @Test
  void showsEachSpanOfEachProfileOnce() {
    assertThat(questions().showSpans(queries())).isGreaterThan(queries());
  }

  @Test
  void collectsSeries() {
    questions().collectSeries(queries());
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

    assertThat(RandomQuestions.stacks(snapshot.toCallTree(sums, never)))
        .isEqualTo(Map.of("[" + StackSums.UNKNOWN_STACK + "]", 11L));
    Map<String, Long> visited = new HashMap<>();
    snapshot.forEachStack(sums, (stack, value) -> visited.put(stack.function(0), value), never);
    assertThat(visited).isEqualTo(Map.of(StackSums.UNKNOWN_STACK, 11L));
  }

  private RandomQuestions questions() {
    return new RandomQuestions(random, store(), profiles());
  }
}
