/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.model.Selector;
import io.flamelake.model.TenantId;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.ProfileSelection;
import io.flamelake.query.ProfileSnapshot;
import io.flamelake.query.ProfileStore;
import io.flamelake.query.ProfileStoreException;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.QueryConfig;
import io.flamelake.query.QueryServer;
import io.flamelake.query.StackSums;
import io.flamelake.query.TableWriter;
import io.flamelake.query.TimeRange;
import io.flamelake.query.lake.LakeConfig;
import io.flamelake.query.lake.LakeProfileStore;
import io.flamelake.query.plan.QueryEngine;
import io.flamelake.segment.Lane;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.store.InMemoryObjectStore;
import io.flamelake.segment.store.ObjectStore;
import io.flamelake.testkit.RecordRows;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HotTailTest {
  private static final TenantId TENANT = new TenantId("acme");
  private static final ProfileType TYPE =
      ProfileType.parse("process_cpu:cpu:nanoseconds:cpu:nanoseconds");
  private static final ProfileSelection SELECTION =
      new ProfileSelection(TYPE, Selector.ALL, TimeRange.ofMillis(0, Long.MAX_VALUE));
  private static final ProfileQuery QUERY = SELECTION.of(TENANT);

  @TempDir private Path directory;

  private final ObjectStore objects = new InMemoryObjectStore();
  private final Clock clock = Clock.systemUTC();
  private SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private LakeCatalog catalog;
  private ProfileStore store;
  private HotTail tail;
  private QueryEngine engine;

  @BeforeEach
  void open() {
    catalog = LakeCatalog.open(CatalogConfig.embedded(directory));
    store =
        new LakeProfileStore(
            catalog.tables(), LakeConfig.of(1, 1 << 24), new SimpleMeterRegistry());
    tail = newTail(QueryConfig.defaults());
    engine = new QueryEngine(store, tail);
  }

  private HotTail newTail(QueryConfig config) {
    meters = new SimpleMeterRegistry();
    return new HotTail(config, store, objects, catalog.tables().profiles(), meters, clock);
  }

  @AfterEach
  void close() {
    tail.close();
    store.close();
    catalog.close();
  }

  private static SegmentRecord record(long value) {
    return record(value, null);
  }

  private static SegmentRecord record(long value, @Nullable UUID clientId) {
    byte[] pprof =
        new PprofBuilder()
            .addSampleType("cpu", "nanoseconds")
            .periodType("cpu", "nanoseconds")
            .addSample(List.of("leaf" + value, "root"), value)
            .toByteArray();
    return QueryServer.record(
        LabelSet.of("__name__", "process_cpu", "service_name", "shop"), pprof, clientId);
  }

  private long total() {
    return total(engine);
  }

  private static long total(QueryEngine engine) {
    return engine.answer(
        List.of(TENANT), new QueryCancellation(), profiles -> profiles.callTree(SELECTION).total());
  }

  private void commit(SegmentId upTo, SegmentRecord... records) throws IOException {
    List<ProfileRow> rows = new ArrayList<>();
    for (SegmentRecord record : records) {
      rows.addAll(RecordRows.of(TENANT, record));
    }

    new TableWriter(catalog.tables()).commit(rows, Map.of(upTo.lane().value(), upTo.sequence()));
  }

  @Test
  void followsAllLanesFromTheirWatermarks() throws IOException {
    Lane first = Lane.open(objects, clock);
    Lane second = Lane.open(objects, clock);
    SegmentId committed = QueryServer.push(first, TENANT, record(1));
    QueryServer.push(first, TENANT, record(10));
    QueryServer.push(second, TENANT, record(100));
    QueryServer.push(second, new TenantId("other"), record(1_000));
    assertThat(total()).isEqualTo(111);

    commit(committed, record(1));
    assertThat(total()).isEqualTo(111);

    QueryServer.push(Lane.open(objects, clock), TENANT, record(10_000));
    QueryServer.push(first, TENANT, record(100_000));
    assertThat(total()).isEqualTo(110_111);
  }

  @Test
  void goesOnAfterLaneIsSealed() {
    Lane sealed = Lane.open(objects, clock);
    QueryServer.push(sealed, TENANT, record(1));
    sealed.seal();
    assertThat(total()).isEqualTo(1);

    QueryServer.push(Lane.open(objects, clock), TENANT, record(10));
    assertThat(total()).isEqualTo(11);
  }

  @Test
  void leavesCumulativeTypesToTheirCommit() throws IOException {
    Lane lane = Lane.open(objects, clock);
    QueryServer.push(lane, TENANT, heap("true", 1_000, 5));
    SegmentId last = QueryServer.push(lane, TENANT, heap("true", 1_007, 6));
    assertThat(total("alloc_space")).as("counted from the process's start on").isZero();
    assertThat(total("inuse_space")).isEqualTo(11);
    assertThat(heapTypes()).containsExactly("inuse_space");

    // What the ingest job makes of the two: of the first no row, of the second the difference.
    commit(last, heap("false", 7, 6), heap("false", 0, 5));
    assertThat(total("alloc_space")).isEqualTo(7);
    assertThat(heapTypes()).containsExactly("alloc_space", "inuse_space");

    QueryServer.push(lane, TENANT, heap("true", 1_027, 1));
    assertThat(total("alloc_space")).as("the next one is in the tail").isEqualTo(7);
    assertThat(total("inuse_space")).isEqualTo(12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "false"})
  void showsAllocationsThatAreStoredAsTheyCome(String delta) {
    QueryServer.push(Lane.open(objects, clock), TENANT, heap(delta, 1_000, 5));
    assertThat(total("alloc_space")).isEqualTo(1_000);
  }

  private static SegmentRecord heap(String delta, long allocated, long inUse) {
    byte[] pprof =
        new PprofBuilder()
            .addSampleType("alloc_space", "bytes")
            .addSampleType("inuse_space", "bytes")
            .periodType("space", "bytes")
            .addSample(List.of("leaf", "root"), allocated, inUse)
            .toByteArray();
    LabelSet labels = LabelSet.of("__name__", "memory", "service_name", "shop");
    return QueryServer.record(labels.with("__delta__", delta), pprof, null);
  }

  private List<String> heapTypes() {
    return engine.answer(
        List.of(TENANT),
        new QueryCancellation(),
        profiles ->
            profiles.collectSeries(Selector.ALL, SELECTION.range(), 10).series().stream()
                .map(series -> series.type().sampleType())
                .sorted()
                .toList());
  }

  private long total(String sampleType) {
    ProfileSelection selection =
        new ProfileSelection(
            new ProfileType("memory", sampleType, "bytes", "space", "bytes"),
            Selector.ALL,
            TimeRange.ofMillis(0, Long.MAX_VALUE));
    return engine.answer(
        List.of(TENANT), new QueryCancellation(), profiles -> profiles.callTree(selection).total());
  }

  @Test
  void countsProfileThatWasSentAgainOnce() {
    UUID id = UUID.randomUUID();
    Lane lane = Lane.open(objects, clock);
    for (int i = 0; i < 5; i++) {
      QueryServer.push(lane, TENANT, record(7, id), record(7, id));
      QueryServer.push(Lane.open(objects, clock), TENANT, record(7, id));
    }

    QueryServer.push(lane, TENANT, record(7, UUID.randomUUID()));
    assertThat(total()).isEqualTo(14);
  }

  @Test
  void countsProfileThatIsCommittedAlreadyOnce() throws IOException {
    UUID id = UUID.randomUUID();
    Lane lane = Lane.open(objects, clock);
    SegmentId first = QueryServer.push(lane, TENANT, record(7, id));
    assertThat(total()).isEqualTo(7);

    commit(first, record(7, id));
    assertThat(total()).isEqualTo(7);

    SegmentId again = QueryServer.push(lane, TENANT, record(7, id));
    assertThat(total()).isEqualTo(7);
    assertThat(total(new QueryEngine(store, newTail(QueryConfig.defaults()))))
        .as("after a restart")
        .isEqualTo(7);

    // The ingest job drops the row, too, but the lane is past it.
    commit(again);
    assertThat(total()).isEqualTo(7);
  }

  @Test
  void showsRowsOfPinnedVersionThoughNewerCommitsAreKnown() throws IOException {
    UUID id = UUID.randomUUID();
    Lane lane = Lane.open(objects, clock);
    SegmentId segment = QueryServer.push(lane, TENANT, record(7, id));
    ProfileSnapshot older = store.pin();
    TailView view = tail.after(older, List.of(TENANT)).get(0);
    commit(segment, record(7, id));

    StackSums sums = new StackSums();
    older.sumStacks(QUERY, sums, new QueryCancellation());
    view.sumStacks(QUERY, sums, new QueryCancellation());
    assertThat(sums.total()).isEqualTo(7);
    assertThat(total()).isEqualTo(7);
  }

  @Test
  void showsRowsOfPinnedVersionThoughMaintenanceCommittedAfterNewerCommits() throws IOException {
    UUID id = UUID.randomUUID();
    Lane lane = Lane.open(objects, clock);
    SegmentId segment = QueryServer.push(lane, TENANT, record(7, id));
    ProfileSnapshot older = store.pin();
    commit(segment, record(7, id));
    catalog.tables().profiles().newAppend().commit();

    StackSums sums = new StackSums();
    older.sumStacks(QUERY, sums, new QueryCancellation());
    tail.after(older, List.of(TENANT)).get(0).sumStacks(QUERY, sums, new QueryCancellation());
    assertThat(sums.total()).isEqualTo(7);
  }

  @Test
  void countsProfileOnceThoughTheCommitThatBroughtItIsExpired() throws IOException {
    UUID id = UUID.randomUUID();
    Lane lane = Lane.open(objects, clock);
    SegmentId first = QueryServer.push(lane, TENANT, record(7, id));
    commit(first, record(7, id));
    Table profiles = catalog.tables().profiles();
    profiles.newAppend().commit();
    profiles.expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();

    QueryServer.push(lane, TENANT, record(7, id));
    assertThat(total()).isEqualTo(7);
  }

  @Test
  void goesOnInALaneWhoseFirstSegmentsAreGone() throws IOException {
    Lane lane = Lane.open(objects, clock);
    SegmentId first = QueryServer.push(lane, TENANT, record(1));
    SegmentId second = QueryServer.push(lane, TENANT, record(10));
    commit(second, record(1), record(10));
    objects.delete(first.key());
    objects.delete(second.key());
    QueryServer.push(lane, TENANT, record(100));
    assertThat(total()).isEqualTo(111);
    assertThat(total(new QueryEngine(store, newTail(QueryConfig.defaults()))))
        .as("after a restart")
        .isEqualTo(111);
  }

  @Test
  void bearsALaneThatIsForgotten() throws IOException {
    Lane lane = Lane.open(objects, clock);
    SegmentId only = QueryServer.push(lane, TENANT, record(1));
    lane.seal();
    commit(only.next(), record(1));
    assertThat(total()).isEqualTo(1);
    ProfileSnapshot older = store.pin();

    objects.delete(only.key());
    objects.delete(only.next().key());
    assertThat(total()).isEqualTo(1);
    catalog
        .tables()
        .profiles()
        .updateProperties()
        .remove(LaneWatermarks.PROPERTY_PREFIX + lane.id())
        .commit();
    QueryServer.push(Lane.open(objects, clock), TENANT, record(10));
    assertThat(total()).isEqualTo(11);
    assertThat(tail.after(older, List.of(TENANT)).get(0).segmentCount()).isEqualTo(1);
  }

  @Test
  void stopsLaneAtCorruptSegment() throws IOException {
    Lane lane = Lane.open(objects, clock);
    QueryServer.push(lane, TENANT, record(1));
    SegmentId corrupt = QueryServer.push(lane, TENANT, record(10));
    QueryServer.push(lane, TENANT, record(100));
    QueryServer.push(Lane.open(objects, clock), TENANT, record(1_000));
    flipBit(corrupt, objects.get(corrupt.key()).length / 3);
    assertThat(total()).isEqualTo(1_001);
    assertThat(meters.get("flamelake.query.tail.stopped.lanes").gauge().value()).isEqualTo(1);

    // An operator has let the job go past the segment.
    commit(corrupt, record(1));
    assertThat(total()).isEqualTo(1_101);
    assertThat(meters.get("flamelake.query.tail.stopped.lanes").gauge().value()).isZero();
  }

  @Test
  void stopsLaneAtCorruptFooter() {
    Lane lane = Lane.open(objects, clock);
    QueryServer.push(lane, TENANT, record(1));
    SegmentId corrupt = QueryServer.push(lane, TENANT, record(10));
    QueryServer.push(lane, TENANT, record(100));
    flipBit(corrupt, objects.get(corrupt.key()).length - 20);
    assertThat(total()).isEqualTo(1);
  }

  private void flipBit(SegmentId segment, int position) {
    byte[] content = objects.get(segment.key());
    content[position] ^= 4;
    objects.put(segment.key(), content);
  }

  @Test
  void pinsAgainWhenSegmentsAreCommittedAndDeletedMeanwhile() throws IOException {
    Lane lane = Lane.open(objects, clock);
    SegmentId segment = QueryServer.push(lane, TENANT, record(7));
    ProfileSnapshot older = store.pin();
    TailView view = tail.after(older, List.of(TENANT)).get(0);
    commit(segment, record(7));
    objects.delete(segment.key());

    assertThatThrownBy(() -> view.sumStacks(QUERY, new StackSums(), new QueryCancellation()))
        .isInstanceOf(StaleTailException.class)
        .hasMessageContaining("has vanished");
    assertThat(total()).isEqualTo(7);
  }

  @Test
  void refusesVersionOlderThanOneThatItHasLetGoOf() throws IOException {
    Lane lane = Lane.open(objects, clock);
    SegmentId segment = QueryServer.push(lane, TENANT, record(7));
    ProfileSnapshot older = store.pin();
    commit(segment, record(7));
    assertThat(total()).isEqualTo(7);
    assertThatThrownBy(() -> tail.after(older, List.of(TENANT)))
        .isInstanceOf(StaleTailException.class)
        .hasMessageContaining("after 0 before -1");
  }

  @Test
  void failsRatherThanAnswerWithoutVanishedSegment() {
    Lane lane = Lane.open(objects, clock);
    SegmentId segment = QueryServer.push(lane, TENANT, record(7));
    tail.after(store.pin(), List.of(TENANT));
    objects.delete(segment.key());
    assertThatThrownBy(this::total)
        .isInstanceOf(ProfileStoreException.class)
        .hasMessage("Segments vanish faster than a query can read them");
  }

  @Test
  void readsTailThatExceedsItsMemory() {
    tail.close();
    tail = newTail(QueryConfig.builder().maxTailBytes(2_000).build());
    engine = new QueryEngine(store, tail);
    Lane lane = Lane.open(objects, clock);
    UUID id = UUID.randomUUID();
    for (int i = 0; i < 50; i++) {
      QueryServer.push(lane, TENANT, record(1), record(1_000, id));
    }

    assertThat(total()).isEqualTo(1_050);
    assertThat(total()).isEqualTo(1_050);
    assertThat(meters.get("flamelake.query.tail.bytes").gauge().value()).isLessThanOrEqualTo(2_000);
  }

  @Test
  void keepsTailDecodedForTenantsThatAsk() {
    tail.close();
    tail = newTail(QueryConfig.builder().tailRefreshInterval(Duration.ofMillis(10)).build());
    engine = new QueryEngine(store, tail);
    Lane lane = Lane.open(objects, clock);
    QueryServer.push(lane, TENANT, record(1));
    assertThat(total()).isEqualTo(1);

    tail.start();
    QueryServer.push(lane, TENANT, record(10));
    QueryServer.push(lane, new TenantId("silent"), record(100));
    await()
        .untilAsserted(
            () ->
                assertThat(meters.get("flamelake.query.tail.decoded.profiles").counter().count())
                    .isEqualTo(2));
    assertThat(total()).isEqualTo(11);
    assertThat(meters.get("flamelake.query.tail.decoded.profiles").counter().count()).isEqualTo(2);
  }

  @Test
  void givesUpCancelledQuery() {
    QueryServer.push(Lane.open(objects, clock), TENANT, record(1));
    QueryCancellation cancelled = new QueryCancellation();
    cancelled.cancel();
    assertThatThrownBy(() -> engine.answer(List.of(TENANT), cancelled, profiles -> 1))
        .hasMessage("Query cancelled");
    assertThat(total()).isEqualTo(1);
  }
}
