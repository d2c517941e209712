/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.loop;

import static java.util.Objects.requireNonNull;

import io.flamelake.gateway.intake.ProfileIntake;
import io.flamelake.gateway.intake.PushFailure;
import io.flamelake.gateway.intake.PushedProfile;
import io.flamelake.gateway.intake.PushedSeries;
import io.flamelake.gateway.scrape.loop.ScrapeMetrics.Outcome;
import io.flamelake.gateway.scrape.loop.TargetStatus.Health;
import io.flamelake.gateway.scrape.target.ScrapeTarget;
import io.flamelake.model.XxHash64;
import io.flamelake.rpc.MemoryBudget.Reservation;
import io.flamelake.rpc.RpcCode;
import io.flamelake.rpc.RpcException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scrapes one target at each of its ticks, as long as the target is this replica's. Nothing waits:
 * a tick sends a request and is done; a target whose answer is still under way misses the tick. So
 * whatever one target does, the others are scraped in time.
 *
 * <p>While there are several replicas a profile has an id that follows from target and tick: should
 * two of them scrape the same tick, because one sees later than the other who is there, the profile
 * counts once, as any profile that is sent twice.
 */
public final class ScrapeLoop {

  private static final Logger LOG = LoggerFactory.getLogger(ScrapeLoop.class);

  private static final int MAX_ERROR_LENGTH = 500;

  private final ScrapeTarget target;
  private final ScrapeEnvironment environment;
  private final ProfileFetcher fetcher;
  private final String identity;
  private final Ticks ticks;
  private final AtomicBoolean isUnderWay = new AtomicBoolean();
  private volatile TargetStatus status = TargetStatus.UNKNOWN;
  private volatile boolean stopped;
  private long lastTick = Long.MIN_VALUE;
  private @Nullable Future<?> nextTick;

  public ScrapeLoop(ScrapeTarget target, JobClient client, ScrapeEnvironment environment) {
    this.target = requireNonNull(target, "target");
    this.environment = requireNonNull(environment, "environment");
    this.fetcher = new ProfileFetcher(target, client);
    this.identity = target.identity().toString();
    byte[] bytes = identity.getBytes(StandardCharsets.UTF_8);
    this.ticks = new Ticks(target.interval().toMillis(), XxHash64.hash(bytes, 0));
  }

  public ScrapeTarget target() {
    return target;
  }

  public TargetStatus status() {
    return status;
  }

  /** Whether this replica scrapes the target now. */
  public boolean isOwned() {
    return environment.shards().owns(target.url().authority());
  }

  /** Begins to tick. */
  public synchronized void start() {
    schedule();
  }

  /** Ends ticking and the request that is under way; its answer is lost. */
  public synchronized void stop() {
    stopped = true;
    if (nextTick != null) {
      nextTick.cancel(false);
    }

    fetcher.abort();
  }

  private void schedule() {
    long now = environment.clock().millis();
    long tick = ticks.next(now, lastTick);
    nextTick =
        environment
            .scheduler()
            .schedule(() -> tick(tick), ticks.timeMillis(tick) - now, TimeUnit.MILLISECONDS);
  }

  private void tick(long tick) {
    synchronized (this) {
      if (stopped) {
        return;
      }

      lastTick = tick;
      schedule();
    }

    try {
      if (!isOwned()) {
        return;
      }

      if (ticks.isOver(tick, environment.clock().millis())) {
        // This process was stopped for a time, in which another may have taken over.
        count(Outcome.SKIPPED);
      } else {
        scrape(tick);
      }
    } catch (RuntimeException e) {
      LOG.error("Target {} of job {}", target.url(), target.job().name(), e);
    }
  }

  private void scrape(long tick) {
    String address = target.url().authority();
    if (!isUnderWay.compareAndSet(false, true)) {
      count(Outcome.SKIPPED);
      return;
    }

    int maxRequests = target.job().maxConcurrentRequests();
    if (!environment.slots().tryAcquire(address, maxRequests)) {
      isUnderWay.set(false);
      count(Outcome.SKIPPED);
      status =
          new TargetStatus(
              status.health(),
              status.lastScrape(),
              status.lastDuration(),
              "Not asked: " + maxRequests + " requests to " + address + " are under way");
      return;
    }

    Scrape scrape = new Scrape(tick, environment.clock().instant(), System.nanoTime());
    Reservation reservation = environment.budget().open(target.job().tenant());
    fetcher
        .fetch(reservation)
        .whenComplete((bytes, thrown) -> environment.slots().release(address))
        .thenCompose(scrape::push)
        .whenComplete(
            (failures, thrown) -> {
              reservation.close();
              isUnderWay.set(false);
              scrape.finish(failures, thrown);
            });
  }

  private void count(Outcome outcome) {
    environment.metrics().count(target.job().name(), outcome);
  }

  /** One scrape, from its request to the acknowledgement. */
  private final class Scrape {

    private final long tick;
    private final Instant startTime;
    private final long startNanos;
    private volatile Duration fetchTime = Duration.ZERO;

    Scrape(long tick, Instant startTime, long startNanos) {
      this.tick = tick;
      this.startTime = startTime;
      this.startNanos = startNanos;
    }

    CompletableFuture<List<PushFailure>> push(byte[] profile) {
      fetchTime = Duration.ofNanos(System.nanoTime() - startNanos);
      environment.metrics().recordFetch(target.job().name(), fetchTime);
      PushedSeries series =
          new PushedSeries(
              target.labels().labels(), List.of(new PushedProfile(profile, findProfileId())));
      ProfileIntake intake = environment.intake();
      return intake.push(target.job().tenant(), List.of(series), () -> stopped);
    }

    private @Nullable UUID findProfileId() {
      if (!environment.shards().isShared()) {
        return null;
      }

      String name = identity + '@' + tick;
      return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    void finish(@Nullable List<PushFailure> failures, @Nullable Throwable thrown) {
      if (stopped) {
        return;
      }

      if (thrown != null) {
        Throwable cause = unwrapped(thrown);
        Outcome outcome = cause instanceof RpcException ? Outcome.REFUSED : Outcome.FAILED;
        fail(outcome, String.valueOf(cause.getMessage()));
      } else if (failures != null && !failures.isEmpty()) {
        RpcException error = failures.get(0).error();
        boolean isBadProfile = error.code() == RpcCode.INVALID_ARGUMENT;
        fail(isBadProfile ? Outcome.FAILED : Outcome.REFUSED, error.message());
      } else {
        count(Outcome.STORED);
        status = new TargetStatus(Health.UP, startTime, fetchTime, "");
      }
    }

    private static Throwable unwrapped(Throwable thrown) {
      Throwable cause = thrown.getCause();
      return thrown instanceof CompletionException && cause != null ? cause : thrown;
    }

    private void fail(Outcome outcome, String error) {
      count(outcome);
      Duration duration =
          fetchTime.isZero() ? Duration.ofNanos(System.nanoTime() - startNanos) : fetchTime;
      String shown =
          error.length() <= MAX_ERROR_LENGTH ? error : error.substring(0, MAX_ERROR_LENGTH) + "…";
      if (!shown.equals(status.lastError())) {
        LOG.info("Job {}: {}: {}", target.job().name(), target.url(), shown);
      }

      Health health = outcome == Outcome.REFUSED ? Health.UP : Health.DOWN;
      status = new TargetStatus(health, startTime, duration, shown);
    }
  }
}
