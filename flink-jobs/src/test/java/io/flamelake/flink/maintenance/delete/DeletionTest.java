/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import static io.flamelake.flink.maintenance.delete.DeletionLake.DAY_MICROS;
import static io.flamelake.flink.maintenance.delete.DeletionLake.HOUR_MICROS;
import static io.flamelake.flink.maintenance.delete.DeletionLake.LANE;
import static io.flamelake.flink.maintenance.delete.DeletionLake.OTHER_TYPE;
import static io.flamelake.flink.maintenance.delete.DeletionLake.TYPE;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.catalog.PartitionVersion;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.sink.FlameLayout;
import io.flamelake.flink.sink.ProfileTableRow;
import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.model.Selector;
import io.flamelake.model.TenantId;
import io.flamelake.segment.PayloadKind;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.SegmentWriter;
import io.flamelake.segment.store.ObjectInfo;
import io.flamelake.segment.store.ObjectKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DeletionTest {
  private static final TenantId A = new TenantId("a");
  private static final String ODD = "it's \"q\" \\ Ünï\uD83D\uDD25\n";

  @TempDir private Path directory;
  private DeletionLake lake;
  private List<ProfileTableRow> rows;

  @BeforeEach
  void open() {
    lake = new DeletionLake(directory);
    rows = new ArrayList<>();
  }

  @AfterEach
  void close() {
    lake.close();
  }

  /** Profiles of two tenants, three services, odd pods and two types over three days. */
  private void addManyRows() {
    int count = 0;
    for (int day = 0; day < 3; day++) {
      for (int hour : new int[] {0, 11, 12, 23}) {
        for (String service : List.of("shop", "cart", ODD)) {
          for (String pod : List.of("shop-1", "shop-22", ODD)) {
            String tenant = count % 5 == 0 ? "b" : "a";
            String type = count % 3 == 0 ? OTHER_TYPE : TYPE;
            long time = lake.micros(day, hour, count * 7 % 60);
            rows.add(lake.row(tenant, type, service, pod, time, count % 4, 4 + count % 7));
            count++;
          }
        }
      }
    }

    lake.add(rows.subList(0, rows.size() / 2));
    lake.add(rows.subList(rows.size() / 2, rows.size()));
  }

  private List<Long> numbersWithout(Predicate<ProfileTableRow> removed) {
    return rows.stream()
        .filter(removed.negate())
        .map(ProfileTableRow::totalValue)
        .sorted()
        .toList();
  }

  private DeletionRequest accept(String selector) {
    return accept(selector, null, null, null);
  }

  private DeletionRequest accept(
      String selector, @Nullable String type, @Nullable Instant from, @Nullable Instant to) {
    return lake.deletions().accept(target(selector, type, from, to));
  }

  private static Deletions.Target target(
      String selector, @Nullable String type, @Nullable Instant from, @Nullable Instant to) {
    return new Deletions.Target(
        A, Selector.parse(selector), type == null ? null : ProfileType.parse(type), from, to);
  }

  private void maintain() {
    MaintenanceContext context = lake.context();
    for (DeletionTask task : new DeletionPlanner().plan(context)) {
      context.tables().refresh();
      try {
        task.run(context);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private DeletionRequest request(DeletionRequest request) {
    return requireNonNull(lake.deletions().find(A, request.id()), request.id());
  }

  private DeletionState state(DeletionRequest request) {
    return request(request).progress().state();
  }

  private void passQuietTime() {
    lake.pass(DeletionSchedule.quietTime(lake.config()).plusSeconds(1));
  }

  private Instant time(int day, int hour, int minute) {
    return Instant.EPOCH.plus(lake.micros(day, hour, minute), ChronoUnit.MICROS);
  }

  static Stream<Arguments> conditions() {
    return Stream.of(
        Arguments.of("{service_name=\"shop\"}", service(name -> name.equals("shop"))),
        Arguments.of("{service_name!=\"shop\"}", service(name -> !name.equals("shop"))),
        Arguments.of("{service_name=~\"shop|cart\"}", service(name -> name.length() == 4)),
        Arguments.of(
            "{service_name=\"shop\", pod=~\"shop-.\"}",
            service(name -> name.equals("shop"))
                .and(row -> row.labels().value("pod").equals("shop-1"))),
        Arguments.of(
            "{pod=\"it's \\\"q\\\" \\\\ Ünï\uD83D\uDD25\\n\"}",
            (Predicate<ProfileTableRow>) row -> row.labels().value("pod").equals(ODD)),
        Arguments.of(
            "{__type__=\"inuse_space\"}",
            (Predicate<ProfileTableRow>) row -> row.profileType().equals(OTHER_TYPE)),
        Arguments.of("{user=\"\", service_name=\"cart\"}", service(name -> name.equals("cart"))),
        Arguments.of("{}", (Predicate<ProfileTableRow>) row -> true));
  }

  private static Predicate<ProfileTableRow> service(Predicate<String> name) {
    return row -> name.test(row.serviceName());
  }

  @ParameterizedTest
  @MethodSource("conditions")
  void removesWhatASelectorMeansAndNothingElse(
      String selector, Predicate<ProfileTableRow> expected) {
    addManyRows();
    Predicate<ProfileTableRow> removed = expected.and(row -> row.tenant().equals("a"));
    long count = rows.stream().filter(removed).count();

    DeletionRequest request = accept(selector);
    maintain();

    assertThat(count).isPositive();
    assertThat(state(request)).isEqualTo(DeletionState.ROWS_GONE);
    assertThat(request(request).progress().rows()).isEqualTo(count);
    assertThat(lake.profiles()).isEqualTo(numbersWithout(removed));
  }

  @Test
  void cutsHoursAndDaysAtTheEndsOfTheRange() {
    addManyRows();
    Instant from = time(0, 11, 20);
    Instant to = time(2, 12, 40);
    Predicate<ProfileTableRow> removed =
        row ->
            row.tenant().equals("a")
                && row.profileType().equals(TYPE)
                && row.timeMicros() >= lake.micros(0, 11, 20)
                && row.timeMicros() < lake.micros(2, 12, 40);

    accept("{service_name=~\".+\"}", TYPE, from, to);
    maintain();

    assertThat(rows.stream().filter(removed).count()).isPositive();
    assertThat(lake.profiles()).isEqualTo(numbersWithout(removed));
  }

  @Test
  void estimatesWhatIsRemovedByCountingIt() throws Exception {
    addManyRows();
    Predicate<ProfileTableRow> meant =
        row -> row.tenant().equals("a") && row.labels().value("pod").equals("shop-22");

    DeletionEstimate estimate =
        lake.deletions().estimate(target("{pod=\"shop-22\"}", null, null, null));

    assertThat(estimate.rows()).isEqualTo(rows.stream().filter(meant).count());
    assertThat(estimate.services().keySet())
        .containsExactlyElementsOf(
            rows.stream()
                .filter(meant)
                .map(ProfileTableRow::serviceName)
                .sorted()
                .distinct()
                .toList());
    assertThat(requireNonNull(estimate.services().get("cart")).profiles())
        .isEqualTo(
            rows.stream().filter(meant).filter(row -> row.serviceName().equals("cart")).count());
    assertThat(estimate.bytes()).isPositive();
    assertThat(lake.profiles()).hasSize(rows.size());
  }

  @Test
  void keepsStacksAndSeriesThatOthersUse() {
    rows.add(lake.row("a", "shop", "pod-1", lake.micros(0, 1, 0), 1, 2));
    rows.add(lake.row("a", "shop", "pod-2", lake.micros(0, 2, 0), 2, 3));
    rows.add(lake.row("a", "shop", "pod-1", lake.micros(1, 1, 0), 1));
    rows.add(lake.row("a", "cart", "pod-1", lake.micros(0, 1, 0), 9));
    rows.add(lake.row("b", "shop", "pod-1", lake.micros(0, 1, 0), 1));
    lake.add(rows);
    accept("{service_name=\"shop\", pod=\"pod-1\"}", null, time(0, 0, 0), time(1, 0, 0));

    maintain();
    assertThat(lake.stacks()).as("while older versions are read").hasSize(6);
    passQuietTime();
    maintain();

    assertThat(lake.stacks())
        .containsExactly("a/cart/9", "a/shop/1", "a/shop/2", "a/shop/3", "b/shop/1");
    assertThat(lake.series())
        .containsExactly("a/cart/pod-1", "a/shop/pod-1", "a/shop/pod-2", "b/shop/pod-1");
  }

  @Test
  void keepsStacksOfAServiceThatStillSends() {
    rows.add(lake.row("a", "shop", "pod-1", lake.micros(0, 1, 0), 1));
    lake.add(rows);
    DeletionRequest request = accept("{service_name=\"shop\"}");
    maintain();
    lake.add(List.of(lake.row("a", "shop", "pod-1", lake.micros(0, 1, 0), 2)));
    passQuietTime();

    maintain();
    assertThat(lake.stacks()).containsExactly("a/shop/1", "a/shop/2");
    assertThat(request(request).progress().waitingFor()).contains("still coming");
    passQuietTime();
    maintain();

    assertThat(lake.stacks()).containsExactly("a/shop/2");
    assertThat(lake.profiles()).as("what came later stays").hasSize(1);
  }

  @Test
  void waitsForWhatWasPushedBefore() {
    putSegment(5);
    rows.add(lake.row("a", "shop", "pod-1", lake.micros(0, 1, 0), 1));
    lake.add(rows);
    lake.commitLane(4);
    DeletionRequest request = accept("{service_name=\"shop\"}");

    maintain();
    assertThat(state(request)).isEqualTo(DeletionState.ACCEPTED);
    assertThat(request(request).progress().waitingFor()).contains(LANE);
    assertThat(lake.profiles()).hasSize(1);
    lake.add(List.of(lake.row("a", "shop", "pod-2", lake.micros(0, 2, 0), 1)));
    lake.commitLane(5);
    maintain();

    assertThat(state(request)).isEqualTo(DeletionState.ROWS_GONE);
    assertThat(lake.profiles()).isEmpty();
  }

  @Test
  void isDoneWhenSnapshotsAndFilesAndSegmentsAreGone() throws Exception {
    ObjectKey segment = putSegment(0);
    lake.commitLane(0);
    rows.add(lake.row("a", "secret-shop", "pod-1", lake.micros(0, 1, 0), 1));
    rows.add(lake.row("a", "cart", "pod-1", lake.micros(0, 1, 0), 1));
    lake.add(rows);
    DeletionRequest request = accept("{service_name=\"secret-shop\"}");
    maintain();
    passQuietTime();

    maintain();
    assertThat(state(request)).isEqualTo(DeletionState.ROWS_GONE);
    assertThat(request(request).progress().waitingFor()).contains("expiry of snapshot");
    lake.expire();
    maintain();
    assertThat(request(request).progress().waitingFor()).contains("removal of segment");
    lake.store.delete(segment);
    Table profiles = lake.catalog.tables().profiles();
    String orphan = profiles.location() + "/data/orphan.parquet";
    profiles.io().newOutputFile(orphan).create().close();
    maintain();
    assertThat(request(request).progress().waitingFor()).contains("removal of 1 files");
    profiles.io().deleteFile(orphan);
    maintain();

    DeletionRequest done = request(request);
    assertThat(done.progress().state()).isEqualTo(DeletionState.DONE);
    assertThat(done.progress().rows()).isEqualTo(1);
    assertThat(done.selector()).isNull();
    assertThat(storedText()).contains(request.id()).doesNotContain("secret-shop");
    assertThat(lake.stacks()).containsExactly("a/cart/1");
    assertThat(new DeletionPlanner().plan(lake.context())).isEmpty();
  }

  @Test
  void isDoneWhereATableWasAddedToAndOnlyExpiresSince() {
    rows.add(lake.row("a", "shop", "pod-1", lake.micros(0, 1, 0), 1));
    rows.add(lake.row("a", "cart", "pod-1", lake.micros(0, 1, 0), 1));
    lake.add(rows);
    DeletionRequest request = accept("{service_name=\"shop\"}");
    maintain();
    lake.add(List.of(lake.row("a", "cart", "pod-1", lake.micros(1, 1, 0), 1)));
    passQuietTime();
    lake.expire();

    maintain();
    passQuietTime();
    lake.expire();
    maintain();
    assertThat(state(request)).isEqualTo(DeletionState.DONE);
  }

  @Test
  void removesRollUpsThatTellOfTheRows() {
    rows.add(lake.row("a", "shop", "pod-1", lake.micros(0, 1, 0), 1));
    rows.add(lake.row("a", "cart", "pod-1", lake.micros(0, 2, 0), 1));
    lake.add(rows);
    PartitionVersion first = version(lake.micros(0, 1, 0));
    PartitionVersion second = version(lake.micros(0, 2, 0));
    lake.addRollUp(FlameLayout.HOURLY, lake.rollUp("shop", lake.micros(0, 1, 0), first));
    lake.addRollUp(FlameLayout.HOURLY, lake.rollUp("cart", lake.micros(0, 2, 0), second));
    lake.addRollUp(
        FlameLayout.DAILY, lake.rollUp("shop", lake.micros(0, 0, 0), first.plus(second)));

    accept("{service_name=\"shop\"}");
    maintain();

    assertThat(lake.rollUps(lake.catalog.tables().flame1h())).containsExactly("cart");
    assertThat(lake.rollUps(lake.catalog.tables().flame1d())).isEmpty();
  }

  @Test
  void goesOnWhereItWasStoppedAtAnyStep() {
    addManyRows();
    Predicate<ProfileTableRow> removed =
        row -> row.tenant().equals("a") && row.serviceName().equals("shop");
    int stops = 0;
    DeletionRequest request = accept("{service_name=\"shop\"}");
    StoppingStore stopping = new StoppingStore(lake.store);
    for (int run = 0; run < 200 && state(request) == DeletionState.ACCEPTED; run++) {
      stopping.stopAfter(1);
      MaintenanceContext real = lake.context();
      MaintenanceContext context =
          new MaintenanceContext(
              real.config(), real.run(), lake.catalog, stopping, lake.clock(), directory);
      try {
        new DeletionTask(request.id()).run(context);
      } catch (StoppingStore.StoppedException e) {
        stops++;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    assertThat(stops).isGreaterThan(5);
    assertThat(state(request)).isEqualTo(DeletionState.ROWS_GONE);
    assertThat(lake.profiles()).isEqualTo(numbersWithout(removed));
  }

  @Test
  void carriesOutRequestsThatOverlap() {
    addManyRows();
    DeletionRequest shop = accept("{service_name=\"shop\"}");
    DeletionRequest pod = accept("{pod=\"shop-1\"}");

    maintain();
    passQuietTime();
    maintain();
    passQuietTime();
    maintain();
    lake.expire();
    maintain();

    assertThat(state(shop)).isEqualTo(DeletionState.DONE);
    assertThat(state(pod)).isEqualTo(DeletionState.DONE);
    assertThat(lake.profiles())
        .isEqualTo(
            numbersWithout(
                row ->
                    row.tenant().equals("a")
                        && (row.serviceName().equals("shop")
                            || row.labels().value("pod").equals("shop-1"))));
  }

  @Test
  void showsATenantItsOwnRequestsOnly() {
    DeletionRequest request = accept("{service_name=\"shop\"}");

    assertThat(lake.deletions().list(A)).containsExactly(request);
    assertThat(lake.deletions().list(new TenantId("b"))).isEmpty();
    assertThat(lake.deletions().find(new TenantId("b"), request.id())).isNull();
    assertThat(lake.deletions().find(A, "../../x")).isNull();
  }

  @Test
  void refusesARangeThatIsNone() {
    assertThatThrownBy(() -> accept("{pod=\"a\"}", null, time(1, 0, 0), time(0, 0, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("from: " + time(1, 0, 0));
  }

  @Test
  void endsTheRangeAtTheTimeOfAcceptance() {
    DeletionRequest request =
        accept("{pod=\"a\"}", null, null, Instant.now().plus(Duration.ofDays(9)));

    assertThat(request.toMicros())
        .isEqualTo(ChronoUnit.MICROS.between(Instant.EPOCH, request.acceptedAt()));
  }

  private PartitionVersion version(long hourStart) {
    PartitionVersion version = PartitionVersion.EMPTY;
    for (FileScanTask task :
        PartitionFiles.all(
            lake.catalog.tables().profiles(),
            Expressions.and(
                Expressions.equal("tenant", "a"),
                Expressions.greaterThanOrEqual("ts", hourStart / HOUR_MICROS * HOUR_MICROS),
                Expressions.lessThan("ts", hourStart + HOUR_MICROS)))) {
      DataFile file = task.file();
      version = version.plus(file);
    }

    assertThat(version).as("of %s", hourStart / DAY_MICROS).isNotEqualTo(PartitionVersion.EMPTY);
    return version;
  }

  private ObjectKey putSegment(long sequence) {
    for (long number = 0; number <= sequence; number++) {
      lake.store.put(segmentKey(number), segment(number));
    }

    return segmentKey(sequence);
  }

  private static ObjectKey segmentKey(long sequence) {
    return new ObjectKey("segments/%s/%020d.seg".formatted(LANE, sequence));
  }

  private static byte[] segment(long number) {
    SegmentWriter writer = new SegmentWriter();
    writer.add(
        A,
        SegmentRecord.builder()
            .generatedId(new UUID(2, number))
            .receiveTimeNanos(1)
            .profileTimeNanos(1)
            .labels(LabelSet.of("service_name", "secret-shop"))
            .kind(PayloadKind.PPROF)
            .payload(new byte[] {1})
            .build());
    return writer.finish();
  }

  private String storedText() {
    StringBuilder text = new StringBuilder();
    for (ObjectInfo object : lake.store.list("deletions/", null)) {
      text.append(object.key()).append('\n');
      text.append(new String(lake.store.get(object.key()), StandardCharsets.UTF_8)).append('\n');
    }

    return text.toString();
  }
}
