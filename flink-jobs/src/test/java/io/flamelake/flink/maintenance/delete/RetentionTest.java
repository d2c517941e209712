/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import static io.flamelake.flink.maintenance.delete.DeletionLake.DAY_MICROS;
import static io.flamelake.flink.maintenance.delete.DeletionLake.HOUR_MICROS;
import static io.flamelake.flink.maintenance.delete.DeletionLake.OTHER_TYPE;
import static io.flamelake.flink.maintenance.delete.DeletionLake.TYPE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.catalog.PartitionVersion;
import io.flamelake.catalog.ProfilesKept;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.RetentionSettings;
import io.flamelake.flink.maintenance.delete.ExpiredRows.Part;
import io.flamelake.flink.sink.FlameLayout;
import io.flamelake.flink.sink.ProfileTableRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionTest {
  /** Of each day, those that have profiles. */
  private static final List<Integer> HOURS = List.of(3, 21);

  @TempDir private Path directory;
  private DeletionLake lake;
  private List<ProfileTableRow> rows;

  @BeforeEach
  void open() {
    lake = new DeletionLake(directory);
    rows = new ArrayList<>();
    for (int day = 0; day < 7; day++) {
      for (String tenant : List.of("a", "b")) {
        for (String service : List.of("shop", "cart")) {
          for (String type : List.of(TYPE, OTHER_TYPE)) {
            for (int hour : HOURS) {
              rows.add(lake.row(tenant, type, service, "pod", lake.micros(day, hour, 1), 1));
            }
          }
        }
      }
    }

    lake.add(rows);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private void retain(String overrides) throws IOException {
    Path file = Files.writeString(directory.resolve("overrides.yaml"), overrides);
    lake.retain(new RetentionSettings(Duration.ZERO, null, file.toString()));
  }

  private int maintain() throws Exception {
    MaintenanceContext context = lake.context();
    List<MaintenanceTask> tasks = new RetentionPlanner().plan(context);
    for (MaintenanceTask task : tasks) {
      context.tables().refresh();
      task.run(context);
    }

    return tasks.size();
  }

  private List<Long> numbersWithout(Predicate<ProfileTableRow> removed) {
    return rows.stream()
        .filter(removed.negate())
        .map(ProfileTableRow::totalValue)
        .sorted()
        .toList();
  }

  /** Rows of hours that ended longer ago. */
  private Predicate<ProfileTableRow> olderThan(Duration period) {
    long now = ChronoUnit.MICROS.between(Instant.EPOCH, lake.clock().instant());
    return row -> (row.timeMicros() / HOUR_MICROS + 1) * HOUR_MICROS <= now - micros(period);
  }

  @Test
  void dropsHoursOfTheTenantThatAreTooOld() throws Exception {
    retain("overrides: {a: {retention_period: 3d}}");

    maintain();

    Predicate<ProfileTableRow> removed =
        olderThan(Duration.ofDays(3)).and(row -> row.tenant().equals("a"));
    assertThat(rows.stream().filter(removed).count()).isPositive();
    assertThat(lake.profiles()).isEqualTo(numbersWithout(removed));
    assertThat(lake.catalog.tables().profiles().properties())
        .doesNotContainKey(ProfilesKept.property("a"));
  }

  @Test
  void appliesTheFirstRuleThatIsAboutAProfile() throws Exception {
    retain(
        """
        overrides:
          a:
            retention_period: 5d
            retention_rules:
              - {selector: '{service_name="cart"}', profile_type: '%s', period: 0}
              - {selector: '{service_name=~"car."}', period: 2d}
        """
            .formatted(OTHER_TYPE));

    maintain();

    Predicate<ProfileTableRow> cart =
        row -> row.serviceName().equals("cart") && row.profileType().equals(TYPE);
    Predicate<ProfileTableRow> shop = row -> row.serviceName().equals("shop");
    Predicate<ProfileTableRow> removed =
        cart.and(olderThan(Duration.ofDays(2)))
            .or(shop.and(olderThan(Duration.ofDays(5))))
            .and(row -> row.tenant().equals("a"));
    assertThat(rows.stream().filter(removed).count()).isPositive();
    assertThat(lake.profiles()).isEqualTo(numbersWithout(removed));
  }

  @Test
  void looksOnceAtRowsThatStay() throws Exception {
    retain("overrides: {a: {retention_rules: [{selector: '{service_name=\"zzz\"}', period: 2d}]}}");
    RetentionPlanner planner = new RetentionPlanner();
    // A name within the bounds of the files would be looked for; this one cannot be in them.
    assertThat(planner.plan(lake.context()))
        .noneMatch(task -> ((ExpiredRows) task).part() == Part.HOUR_OF_PROFILES);
    retain(
        "overrides: {a: {retention_rules: [{selector: '{service_name=~\"z.*\"}', period: 2d}]}}");

    List<MaintenanceTask> first = planner.plan(lake.context());

    assertThat(first).anyMatch(task -> ((ExpiredRows) task).part() == Part.HOUR_OF_PROFILES);
    assertThat(planner.plan(lake.context())).isEmpty();
  }

  @Test
  void keepsRollUpsLongerByWholeDays() throws Exception {
    retain("overrides: {a: {retention_period: 3d, rollup_retention_period: 6d}}");
    for (int day = 0; day < 7; day++) {
      lake.rollUp(day, HOURS);
    }

    maintain();

    assertProfilesKeptFrom(firstOfThreeDays());
    assertThat(lake.rollUps(lake.catalog.tables().flame1d()))
        .containsExactly("day-1", "day-2", "day-3", "day-4", "day-5", "day-6");
  }

  @Test
  void keepsProfilesOfADayWithAnHourThatIsNotRolledUp() throws Exception {
    retain("overrides: {a: {retention_period: 3d, rollup_retention_period: 60d}}");
    lake.rollUp(0, HOURS);
    lake.rollUp(1, HOURS);
    lake.rollUp(2, List.of(3));
    lake.rollUp(3, HOURS);

    maintain();
    assertProfilesKeptFrom(lake.day + 2);
    assertThat(maintain()).as("one that waits is looked at again").isPositive();
    assertProfilesKeptFrom(lake.day + 2);

    lake.addRollUp(FlameLayout.HOURLY, lake.hour(2, 21));
    maintain();
    assertProfilesKeptFrom(firstOfThreeDays());
  }

  @Test
  void keepsProfilesOfADayThatIsNotRolledUpAsAWhole() throws Exception {
    retain("overrides: {a: {retention_period: 3d, rollup_retention_period: 60d}}");
    lake.rollUp(0, HOURS);
    HOURS.forEach(hour -> lake.addRollUp(FlameLayout.HOURLY, lake.hour(1, hour)));

    maintain();

    assertProfilesKeptFrom(lake.day + 1);
  }

  @Test
  void keepsProfilesThatCameAfterTheirRollUp() throws Exception {
    retain("overrides: {a: {retention_period: 3d, rollup_retention_period: 60d}}");
    for (int day = 0; day < 4; day++) {
      lake.rollUp(day, HOURS);
    }

    ProfileTableRow late = lake.row("a", TYPE, "shop", "pod", lake.micros(1, 3, 2), 1);
    lake.add(List.of(late));
    rows.add(late);

    maintain();

    assertProfilesKeptFrom(lake.day + 1);
  }

  @Test
  void keepsADayWithRollUpsOfProfilesThatAreGone() throws Exception {
    retain("overrides: {a: {retention_period: 3d, rollup_retention_period: 60d}}");
    lake.rollUp(0, HOURS);
    lake.rollUp(1, HOURS);
    lake.addRollUp(
        FlameLayout.HOURLY, lake.rollUp("gone", lake.micros(1, 5, 0), new PartitionVersion(1, 1)));

    maintain();

    assertProfilesKeptFrom(lake.day + 1);
  }

  @Test
  void removesProfilesThatWaitedTooLongForTheirRollUp() throws Exception {
    retain("overrides: {a: {retention_period: 1d, rollup_retention_period: 60d}}");
    int expired = firstKept(Duration.ofDays(1));

    maintain();

    assertProfilesKeptFrom(expired - OutlivedDrop.MAX_WAIT_DAYS);
    lake.pass(Duration.ofDays(1));
    maintain();
    assertProfilesKeptFrom(expired - OutlivedDrop.MAX_WAIT_DAYS + 1);
  }

  @Test
  void doesNotWaitForRollUpsThatHaveExpiredThemselves() throws Exception {
    retain("overrides: {a: {retention_period: 2d, rollup_retention_period: 3d}}");

    maintain();

    assertProfilesKeptFrom(firstKept(Duration.ofDays(3)));
  }

  @Test
  void removesAtOnceWhatIsAddedToDaysOfWhichOnlyTheRollUpsAreKept() throws Exception {
    retain("overrides: {a: {retention_period: 3d, rollup_retention_period: 60d}}");
    for (int day = 0; day < 4; day++) {
      lake.rollUp(day, HOURS);
    }

    maintain();
    lake.add(List.of(lake.row("a", TYPE, "shop", "pod", lake.micros(1, 3, 2), 1)));

    maintain();

    assertProfilesKeptFrom(firstOfThreeDays());
  }

  private int firstOfThreeDays() {
    return firstKept(Duration.ofDays(3));
  }

  private int firstKept(Duration period) {
    long now = ChronoUnit.MICROS.between(Instant.EPOCH, lake.clock().instant());
    return Math.toIntExact((now - micros(period)) / DAY_MICROS);
  }

  private void assertProfilesKeptFrom(int day) {
    assertThat(lake.profiles())
        .isEqualTo(
            numbersWithout(row -> row.tenant().equals("a") && row.timeMicros() < day * DAY_MICROS));
    assertThat(ProfilesKept.fromDay(lake.catalog.tables().profiles().properties(), "a"))
        .isEqualTo(day);
  }

  @Test
  void dropsSymbolsWhenNoVersionHasTheirProfiles() throws Exception {
    retain("overrides: {a: {retention_period: 3d}}");
    int before = lake.stacks().size();
    maintain();
    maintain();
    assertThat(lake.stacks()).as("while older versions are read").hasSize(before);
    lake.expire();

    maintain();

    // One row for each service and day that still has profiles; the day that is cut keeps its own.
    long days =
        rows.stream()
            .filter(row -> row.tenant().equals("a"))
            .filter(
                row ->
                    (row.timeMicros() / DAY_MICROS + 1) * DAY_MICROS
                        > ChronoUnit.MICROS.between(Instant.EPOCH, lake.clock().instant())
                            - micros(Duration.ofDays(3).plus(lake.config().snapshotAge())))
            .map(row -> row.timeMicros() / DAY_MICROS)
            .distinct()
            .count();
    assertThat(lake.stacks().stream().filter(text -> text.startsWith("a/")).count())
        .isEqualTo(2 * days);
    assertThat(lake.stacks().stream().filter(text -> text.startsWith("b/")).count()).isEqualTo(14);
    assertThat(lake.series().stream().filter(text -> text.startsWith("a/")).count())
        .isEqualTo(4 * days);
  }

  @Test
  void removesSymbolsOfAServiceWhoseRuleIsShorter() throws Exception {
    retain(
        "overrides: {a: {retention_rules: [{selector: '{service_name=\"cart\"}', period: 1d}]}}");

    maintain();

    assertThat(lake.stacks()).contains("a/shop/1", "b/cart/1");
    assertThat(lake.stacks().stream().filter("a/shop/1"::equals).count()).isEqualTo(7);
    assertThat(lake.stacks().stream().filter("a/cart/1"::equals).count()).isLessThan(4);
  }

  @Test
  void removesNothingWhileItsSettingsAreBad() throws Exception {
    retain("overrides: {a: {retention_period: 3x}, b: {retention_period: 1d}}");

    assertThat(maintain()).isZero();
    assertThat(lake.profiles()).hasSize(rows.size());
  }

  @Test
  void namesTenantKeyAndValueOfWhatIsNoRetention() {
    assertThatThrownBy(
            () ->
                RetentionPolicies.parse(
                    "overrides: {a: {retention_period: 3x}}", TenantRetention.FOR_EVER))
        .hasMessageContaining("Tenant a: retention_period: '3x'");
  }

  @Test
  void takesPyroscopesOlderName() {
    TenantRetention retention =
        TenantRetention.FOR_EVER.apply(Map.of("compactor_blocks_retention_period", "31d"));

    assertThat(retention.period()).isEqualTo(Duration.ofDays(31));
  }

  private static long micros(Duration duration) {
    return duration.toMillis() * 1000;
  }
}
