/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.source;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.TaskResult;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskQueueTest {

  private final TaskQueue queue = new TaskQueue();

  @Test
  void kindsTakeTurns() {
    queue.replace("compact", List.of(task("compact", "a"), task("compact", "b")));
    queue.replace("roll-up", List.of(task("roll-up", "c"), task("roll-up", "d")));

    assertThat(List.of(taken(0), taken(1), taken(2), taken(3))).containsExactly("a", "c", "b", "d");
    assertThat(queue.take(4)).isNull();
  }

  @Test
  void holdsBackASubjectThatRuns() {
    queue.replace("compact", List.of(task("compact", "a")));
    assertThat(taken(0)).isEqualTo("a");
    queue.replace("compact", List.of(task("compact", "a"), task("compact", "b")));
    queue.replace("expire", List.of(task("expire", "a")));

    assertThat(taken(1)).isEqualTo("b");
    assertThat(queue.take(2)).isNull();
    queue.ended(0);
    assertThat(requireNonNull(queue.take(2), "task").kind()).isEqualTo("expire");
    assertThat(queue.take(0)).as("planned before the one that ended").isNull();
  }

  @Test
  void newPlanReplacesWhatWaits() {
    queue.replace("compact", List.of(task("compact", "a"), task("compact", "b")));
    queue.replace("compact", List.of(task("compact", "c")));

    assertThat(taken(0)).isEqualTo("c");
    assertThat(queue.take(1)).isNull();
  }

  @Test
  void isEmptyWhenNothingWaitsAndNothingRuns() {
    assertThat(queue.isEmpty()).isTrue();
    queue.replace("compact", List.of(task("compact", "a"), task("compact", "b")));
    assertThat(queue.isEmpty()).isFalse();
    assertThat(taken(0)).isEqualTo("a");
    queue.clear();
    assertThat(queue.isEmpty()).as("one still runs").isFalse();
    queue.ended(0);
    assertThat(queue.isEmpty()).isTrue();
  }

  private String taken(int reader) {
    return requireNonNull(queue.take(reader), "task").subject();
  }

  private static MaintenanceTask task(String kind, String subject) {
    return new NamedTask(kind, subject);
  }

  private record NamedTask(String kind, String subject) implements MaintenanceTask {

    private static final long serialVersionUID = 1L;

    @Override
    public TaskResult run(MaintenanceContext context) {
      return TaskResult.NOTHING;
    }
  }
}
