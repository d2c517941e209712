/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance;

import io.flamelake.catalog.LakeCatalog;
import io.flamelake.flink.maintenance.commit.FencedCommit;
import io.flamelake.flink.maintenance.commit.RunId;
import io.flamelake.flink.sink.CommitRetry;
import java.io.Serializable;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.Table;

/**
 * Work that a test gives to maintenance, and what became of it. Tasks of a MiniCluster travel by
 * value, so they find it by name.
 */
final class FakeWork {

  private static final Map<String, FakeWork> ALL = new ConcurrentHashMap<>();

  private final String name;
  private final Map<String, AtomicInteger> left = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
  private final AtomicInteger allRunning = new AtomicInteger();
  private final Map<String, Integer> ended = new HashMap<>();

  final List<String> twiceInFlight = new CopyOnWriteArrayList<>();
  final AtomicInteger mostRunning = new AtomicInteger();
  final AtomicInteger plans = new AtomicInteger();
  final CountDownLatch begun = new CountDownLatch(1);
  final CountDownLatch interrupted = new CountDownLatch(1);

  private FakeWork(String name) {
    this.name = name;
  }

  static FakeWork of(String name) {
    return ALL.computeIfAbsent(name, FakeWork::new);
  }

  /** Makes a subject due for so many tasks. */
  void add(String subject, int tasks) {
    left.computeIfAbsent(subject, any -> new AtomicInteger()).addAndGet(tasks);
  }

  synchronized int ended(String subject) {
    return ended.getOrDefault(subject, 0);
  }

  private List<MaintenanceTask> plan(String kind, Action action) {
    plans.incrementAndGet();
    if (action == Action.FAIL_TO_PLAN) {
      throw new IllegalArgumentException("No plan");
    }

    List<MaintenanceTask> tasks = new ArrayList<>();
    left.forEach(
        (subject, count) -> {
          if (count.get() > 0) {
            tasks.add(new FakeTask(name, kind, subject, action));
          }
        });
    return tasks;
  }

  private TaskResult run(String subject, Duration time) throws InterruptedException {
    if (left.getOrDefault(subject, new AtomicInteger()).get() <= 0) {
      return TaskResult.NOTHING;
    }

    if (running.computeIfAbsent(subject, any -> new AtomicInteger()).incrementAndGet() > 1) {
      twiceInFlight.add(subject);
    }

    mostRunning.accumulateAndGet(allRunning.incrementAndGet(), Math::max);
    begun.countDown();
    try {
      Thread.sleep(time.toMillis());
      left.getOrDefault(subject, new AtomicInteger()).decrementAndGet();
      return new TaskResult(Map.of(TaskResult.FILES_IN, 3L, TaskResult.FILES_OUT, 1L));
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw e;
    } finally {
      allRunning.decrementAndGet();
      running.getOrDefault(subject, new AtomicInteger()).decrementAndGet();
      synchronized (this) {
        ended.merge(subject, 1, Integer::sum);
      }
    }
  }

  /** What tasks do. */
  enum Action {
    WORK,
    WORK_SLOWLY,
    HANG,
    FAIL,
    FAIL_TO_PLAN,
    COMMIT,
    LOSE_CLAIM
  }

  /** Takes a table over, as a run does that begins later than all others. */
  static FencedCommit claimByLaterRun(LakeCatalog catalog) throws InterruptedException {
    Table profiles = catalog.tables().profiles();
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(5));
    FencedCommit commit =
        new FencedCommit(RunId.next(later, List.of(profiles)), CommitRetry.DEFAULT);
    commit.claim(profiles);
    return commit;
  }

  /** Planners by what they do with which work. */
  record Planners(List<Planner> planners) implements PlannerFactory {

    private static final long serialVersionUID = 1L;

    static Planners of(Planner... planners) {
      return new Planners(new ArrayList<>(List.of(planners)));
    }

    @Override
    public List<ScheduledPlanner> newPlanners(MaintenanceConfig config) {
      return planners.stream().map(Planner::toScheduled).toList();
    }
  }

  /** Plans a task for each subject with work left. */
  record Planner(String kind, String work, Action action, Duration interval)
      implements Serializable {

    private static final long serialVersionUID = 1L;

    Planner(String kind, String work, Action action) {
      this(kind, work, action, Duration.ZERO);
    }

    private ScheduledPlanner toScheduled() {
      return new ScheduledPlanner(kind, interval, context -> FakeWork.of(work).plan(kind, action));
    }
  }

  private record FakeTask(String work, String kind, String subject, Action action)
      implements MaintenanceTask {

    private static final long serialVersionUID = 1L;

    @Override
    public TaskResult run(MaintenanceContext context) throws Exception {
      FakeWork of = FakeWork.of(work);
      return switch (action) {
        case WORK -> of.run(subject, Duration.ZERO);
        case WORK_SLOWLY -> of.run(subject, Duration.ofMillis(100));
        case HANG -> of.run(subject, Duration.ofHours(1));
        case FAIL -> {
          of.run(subject, Duration.ZERO);
          throw new IllegalStateException("No luck with " + subject);
        }
        case FAIL_TO_PLAN -> throw new AssertionError("Nothing is planned");
        case LOSE_CLAIM -> {
          claimByLaterRun(context.catalog());
          context.commit().claim(context.tables().profiles());
          throw new AssertionError("The claim is another run's");
        }
        case COMMIT -> {
          context.commit().claim(context.tables().profiles());
          yield of.run(subject, Duration.ZERO);
        }
      };
    }
  }
}
