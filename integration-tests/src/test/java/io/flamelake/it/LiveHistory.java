/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.testkit.HistoryPusher;
import io.flamelake.testkit.HistorySeries;
import io.flamelake.testkit.ProfileHistory;
import io.flamelake.testkit.PushedHistory;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;

/**
 * A history that is being pushed to a server while random questions about what was acknowledged of
 * it are asked and compared with the oracle, each to the unit. What is being pushed at the moment
 * is not asked for: profiles of new minutes are later than every question's range, and while late
 * profiles of old hours are pushed nobody asks.
 */
final class LiveHistory implements AutoCloseable {
  private static final int CONNECTIONS = 3;
  private static final int DEFAULT_STEP_MINUTES = 20;

  /** Late profiles are pushed so many minutes after the others of their hour. */
  private static final int LATE_BY_MINUTES = 120;

  private static final int MAX_FAULTS = 5;

  private final PushedHistory pushed;
  private final HistoryPusher pusher;
  private final HistoryComparison comparison;
  private final long seed;
  private final int stepMinutes;
  private final Map<String, Instant> earliest = new ConcurrentHashMap<>();
  private final ReadWriteLock lateProfiles = new ReentrantReadWriteLock(true);
  private final AtomicInteger disturbances = new AtomicInteger();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final Map<QueryKind, Long> answers = new ConcurrentHashMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile int pushedMinutes;
  private volatile boolean stopped;

  LiveHistory(FlamelakeProcess server, ProfileHistory history, long seed) {
    this(server, history, seed, DEFAULT_STEP_MINUTES);
  }

  /** Pushes so many minutes at once, in requests of one service of a tenant each. */
  LiveHistory(FlamelakeProcess server, ProfileHistory history, long seed, int stepMinutes) {
    this.pushed = new PushedHistory(history);
    this.pusher = new HistoryPusher(server.uri("/"), pushed, CONNECTIONS);
    this.comparison = new HistoryComparison(server, pushed);
    this.seed = seed;
    this.stepMinutes = stepMinutes;
  }

  PushedHistory pushed() {
    return pushed;
  }

  HistoryPusher pusher() {
    return pusher;
  }

  int pushedMinutes() {
    return pushedMinutes;
  }

  /**
   * Until when all profiles are acknowledged, but for late ones. The last point of a series counts
   * its own instant too, so this is before the next profile.
   */
  Instant latest() {
    return pushed.history().time(pushedMinutes).minusMillis(1);
  }

  /** From now on nobody asks for anything of the tenant before this. */
  void askOnlySince(String tenant, Instant time) {
    earliest.put(tenant, time);
  }

  /** Pushes the profiles up to a minute, and returns when all are acknowledged. */
  void pushUntil(int minute) throws InterruptedException, ExecutionException {
    while (pushedMinutes < minute && !stopped) {
      int from = pushedMinutes;
      int to = Math.min(minute, from + stepMinutes);
      pusher.push(from, to, (series, each) -> !isLate(series, each));
      pushedMinutes = to;
      pushLate(from - LATE_BY_MINUTES, to - LATE_BY_MINUTES);
    }
  }

  /** Pushes the late profiles that are still missing, and returns when all are acknowledged. */
  void pushAllLate() throws InterruptedException, ExecutionException {
    pushLate(0, pushedMinutes);
  }

  private void pushLate(int from, int to) throws InterruptedException, ExecutionException {
    int first = Math.max(0, from);
    if (IntStream.range(first, to).noneMatch(LiveHistory::isGap)) {
      return;
    }

    lateProfiles.writeLock().lock();
    try {
      pusher.push(
          first, to, (series, minute) -> isLate(series, minute) && !pushed.has(series, minute));
    } finally {
      lateProfiles.writeLock().unlock();
    }
  }

  /** The second pod of each service leaves gaps, which are filled later. */
  private static boolean isLate(HistorySeries series, int minute) {
    return series.pod().endsWith("-1") && isGap(minute);
  }

  private static boolean isGap(int minute) {
    return minute / 60 % 3 == 1 && minute % 60 >= 50;
  }

  /** Goes on pushing in the background, with a pause after every step. */
  void startPushing(int untilMinute, Duration pause) {
    start(
        "push",
        () -> {
          while (pushedMinutes < untilMinute && !stopped) {
            pushUntil(Math.min(untilMinute, pushedMinutes + stepMinutes));
            TimeUnit.MILLISECONDS.sleep(pause.toMillis());
          }
        });
  }

  /**
   * Asks questions in the background, one after the other in each of some threads, of the kinds by
   * turns.
   */
  void startAsking(int askers) {
    for (int i = 0; i < askers; i++) {
      Random random = new Random(seed + i);
      start("ask-" + i, () -> askAll(random));
    }
  }

  private void askAll(Random random) {
    QueryKind[] kinds = QueryKind.values();
    for (int i = random.nextInt(kinds.length); !stopped && faults.size() < MAX_FAULTS; i++) {
      int before = disturbances.get();
      QueryKind kind = kinds[i % kinds.length];
      lateProfiles.readLock().lock();
      try {
        ask(kind, random);
      } catch (AssertionError | UncheckedIOException e) {
        if (before % 2 == 0 && before == disturbances.get()) {
          faults.add("seed " + seed + ": " + e.getMessage());
        }
      } finally {
        lateProfiles.readLock().unlock();
      }
    }
  }

  /** Asks so many questions now, as many of each kind. */
  void ask(int questions, Random random) {
    for (int i = 0; i < questions; i++) {
      ask(QueryKind.values()[i % QueryKind.values().length], random);
    }
  }

  private void ask(QueryKind kind, Random random) {
    Instant latest = latest();
    HistoryQuestion question =
        HistoryQuestion.draw(
            random, tenant -> earliest.getOrDefault(tenant, pushed.history().start()), latest);
    comparison.compare(kind, question, random);
    answers.merge(kind, 1L, Long::sum);
  }

  /**
   * Asks for a flame graph that roll-ups alone can answer: of services, over full hours before a
   * time.
   */
  void askOfRollUps(String tenant, Instant before, Random random) {
    long hours = Duration.between(pushed.history().start(), before).toHours();
    long from = random.nextLong(hours);
    long to = from + 1 + random.nextLong(hours - from);
    HistoryQuestion question =
        new HistoryQuestion(
            tenant,
            ProfileHistory.TYPES.get(random.nextInt(ProfileHistory.TYPES.size())),
            HistorySelector.drawOfServices(random),
            new HistoryRange(
                pushed.history().start().plus(Duration.ofHours(from)),
                pushed.history().start().plus(Duration.ofHours(to))));
    comparison.compare(QueryKind.FLAME_GRAPH, question, random);
    answers.merge(QueryKind.FLAME_GRAPH, 1L, Long::sum);
  }

  /**
   * Does what makes questions fail: those that do meanwhile are forgiven, if they do not answer.
   */
  void disturb(Runnable disturbance) {
    disturbances.incrementAndGet();
    disturbance.run();
    disturbances.incrementAndGet();
  }

  /** How many questions were answered rightly. */
  long answered() {
    return answers.values().stream().mapToLong(Long::longValue).sum();
  }

  SortedMap<QueryKind, Long> answers() {
    return new TreeMap<>(answers);
  }

  /** Waits until so many more questions were answered, or an answer was wrong. */
  void awaitAnswers(int more) throws InterruptedException {
    long before = answered();
    while (answered() < before + more && faults.isEmpty()) {
      TimeUnit.MILLISECONDS.sleep(100);
    }

    expectNoFault();
  }

  void expectNoFault() {
    assertThat(faults).isEmpty();
  }

  /** Ends the background work and expects that nothing went wrong in it. */
  void stop() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }

    threads.clear();
    stopped = false;
    expectNoFault();
  }

  private interface Work {
    void run() throws InterruptedException, ExecutionException;
  }

  private void start(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (InterruptedException | ExecutionException | RuntimeException e) {
                faults.add(name + " ended: " + e);
              }
            },
            name);
    thread.start();
    threads.add(thread);
  }

  @Override
  public void close() {
    stopped = true;
    pusher.close();
  }
}
