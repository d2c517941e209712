/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.report;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.flink.maintenance.TaskOutcome;
import io.flamelake.flink.maintenance.TaskOutcome.Ending;
import io.flamelake.flink.maintenance.TaskResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class LastRunsTest {

  private static final Instant START = Instant.parse("2026-11-23T05:00:00Z");

  private final LastRuns runs = new LastRuns();

  @Test
  void countsGoOnWhenTheJobStartsAgain() {
    KindReport before = report();
    runs.add(before);
    before.planned(START, 2);
    before.ended(done(START, 10));
    before.ended(failed(START.plusSeconds(1)));
    runs.add(before);
    KindReport after = report();
    runs.add(after);

    LastRun restarted = runs.of("compact");
    assertThat(restarted.tasks()).isEqualTo(2);
    assertThat(restarted.failures()).isEqualTo(1);
    assertThat(restarted.due()).isEqualTo(2);
    assertThat(restarted.isHealthy()).isFalse();

    after.planned(START.plusSeconds(5), 1);
    after.ended(done(START.plusSeconds(5), 7));
    LastRun healed = requireNonNull(runs.byKind().get("compact"), "report");
    assertThat(healed.tasks()).isEqualTo(3);
    assertThat(healed.totals().count(TaskResult.ROWS)).isEqualTo(17);
    assertThat(healed.busy()).isEqualTo(Duration.ofSeconds(6));
    assertThat(healed.lastSuccess()).isEqualTo(START.plusSeconds(7));
    assertThat(healed.lastFailure()).isNotNull();
    assertThat(healed.isHealthy()).isTrue();
    assertThat(MaintenanceFigure.ROWS.of(healed)).isEqualTo(17);
    assertThat(MaintenanceFigure.TASK_SECONDS.of(healed)).isEqualTo(6);
  }

  @Test
  void nothingDueIsASuccess() {
    KindReport report = report();
    runs.add(report);
    report.planFailed(START, "no catalog");
    assertThat(runs.of("compact").isHealthy()).isFalse();

    report.planned(START.plusSeconds(15), 0);
    assertThat(runs.of("compact").isHealthy()).isTrue();
    assertThat(MaintenanceFigure.LAST_SUCCESS.of(runs.of("compact")))
        .isEqualTo(START.plusSeconds(15).getEpochSecond());
  }

  @Test
  void knowsNothingOfAKindThatWasNeverLookedAt() {
    assertThat(runs.of("expire")).isEqualTo(LastRun.never("expire"));
    assertThat(runs.byKind()).isEmpty();
    for (MaintenanceFigure figure : MaintenanceFigure.values()) {
      assertThat(figure.of(runs.of("expire"))).as(figure.metricName()).isZero();
    }
  }

  private static KindReport report() {
    return KindReport.register("compact", new UnregisteredMetricsGroup());
  }

  private static TaskOutcome done(Instant start, long rows) {
    return new TaskOutcome(
        "compact",
        "a",
        "run",
        start,
        Duration.ofSeconds(2),
        Ending.DONE,
        new TaskResult(Map.of(TaskResult.ROWS, rows)),
        null);
  }

  private static TaskOutcome failed(Instant start) {
    return new TaskOutcome(
        "compact",
        "b",
        "run",
        start,
        Duration.ofSeconds(2),
        Ending.FAILED,
        TaskResult.NOTHING,
        "broken");
  }
}
