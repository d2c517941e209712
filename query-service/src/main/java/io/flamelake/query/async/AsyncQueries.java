/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.async;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.TenantId;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.store.TenantObjects;
import io.flamelake.segment.Ulid;
import io.flamelake.segment.store.ObjectStore;
import io.flamelake.segment.store.ObjectStoreException;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs queries whose clients do not wait. A query runs in the process that started it and ends with
 * it; its answer is put into the object store, where every querier finds it until it expires.
 * Nothing of an answer stays in memory.
 *
 * <p>Safe for use by many threads.
 */
public final class AsyncQueries implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AsyncQueries.class);
  private static final int MAX_ANSWER_BYTES = 64 << 20;
  private static final long CLOSE_SECONDS = 10;

  private final AsyncQueryConfig config;
  private final Clock clock;
  private final StoredAnswers answers;
  private final ExecutorService workers;
  private final ScheduledExecutorService timer;
  private final Map<Set<TenantId>, Integer> queriesByOwner = new ConcurrentHashMap<>();
  private final Set<QueryCancellation> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * @param threads queries that run at once, of all tenants; more of them wait
   */
  public AsyncQueries(ObjectStore store, AsyncQueryConfig config, int threads, Clock clock) {
    this.config = requireNonNull(config, "config");
    this.clock = requireNonNull(clock, "clock");
    this.answers = new StoredAnswers(requireNonNull(store, "store"), config, clock);
    this.workers = Executors.newFixedThreadPool(threads, task -> daemon(task, "async-query"));
    this.timer =
        Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "async-query-timer"));
    if (isEnabled()) {
      long period = Math.max(1_000, config.resultTtl().toMillis() / 2);
      timer.scheduleWithFixedDelay(this::deleteExpired, period, period, TimeUnit.MILLISECONDS);
    }
  }

  /** Whether there are asynchronous queries at all. */
  public boolean isEnabled() {
    return config.maxPerTenant() > 0;
  }

  /**
   * Starts a query.
   *
   * @param tenants whose profiles are asked for; only who names the same ones finds the answer
   * @param query makes the answer; fails with {@link AsyncQueryException} where the client is to be
   *     told why
   * @return the id to ask {@link #find} for
   * @throws TooManyAsyncQueriesException if the tenants have too many queries under way
   */
  public String start(Collection<TenantId> tenants, Function<QueryCancellation, byte[]> query) {
    Set<TenantId> owner = Set.copyOf(tenants);
    enter(owner);
    try {
      TenantObjects objects = answers.objects(owner);
      String id = Ulid.of(clock.millis());
      answers.putStarted(objects, id);
      QueryCancellation cancellation = new QueryCancellation();
      running.add(cancellation);
      ScheduledFuture<?> timeout =
          timer.schedule(cancellation::cancel, config.timeout().toMillis(), TimeUnit.MILLISECONDS);
      workers.execute(
          () -> {
            try {
              end(objects, id, answer(query, cancellation));
            } finally {
              timeout.cancel(false);
              running.remove(cancellation);
              leave(owner);
            }
          });
      return id;
    } catch (RejectedExecutionException e) {
      leave(owner);
      throw ObjectStoreException.failed("The querier is stopping", e);
    } catch (RuntimeException e) {
      leave(owner);
      throw e;
    }
  }

  /** How far a query is; null if these tenants have none of that id, or its answer has expired. */
  public @Nullable AsyncAnswer find(Collection<TenantId> tenants, String id) {
    return Ulid.isUlid(id) ? answers.find(answers.objects(tenants), id) : null;
  }

  private AsyncAnswer answer(
      Function<QueryCancellation, byte[]> query, QueryCancellation cancellation) {
    try {
      cancellation.check();
      byte[] content = query.apply(cancellation);
      return content.length <= MAX_ANSWER_BYTES
          ? AsyncAnswer.success(content)
          : AsyncAnswer.failure(
              "The answer has " + content.length + " bytes (max " + MAX_ANSWER_BYTES + ")");
    } catch (RuntimeException e) {
      if (closed) {
        return AsyncAnswer.failure("The querier was stopped");
      }

      if (cancellation.isCancelled()) {
        return AsyncAnswer.failure(
            "The query took longer than " + config.timeout().toSeconds() + " s");
      }

      if (e instanceof AsyncQueryException) {
        return AsyncAnswer.failure(String.valueOf(e.getMessage()));
      }

      LOG.warn("Asynchronous query failed", e);
      return AsyncAnswer.failure("Internal error");
    }
  }

  private void end(TenantObjects objects, String id, AsyncAnswer answer) {
    try {
      answers.putEnded(objects, id, answer);
    } catch (ObjectStoreException e) {
      LOG.warn("The answer of asynchronous query {} could not be stored", id, e);
    }
  }

  private void enter(Set<TenantId> owner) {
    int queries = queriesByOwner.merge(owner, 1, Integer::sum);
    if (queries > config.maxPerTenant()) {
      leave(owner);
      throw new TooManyAsyncQueriesException(config.maxPerTenant());
    }
  }

  private void leave(Set<TenantId> owner) {
    queriesByOwner.computeIfPresent(owner, (key, count) -> count == 1 ? null : count - 1);
  }

  private void deleteExpired() {
    try {
      answers.deleteExpired();
    } catch (RuntimeException e) {
      // Thrown on, it would end the schedule.
      LOG.warn("Expired answers of asynchronous queries could not be deleted", e);
    }
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Cancels what runs; those who ask for it are told so. */
  @Override
  public void close() {
    closed = true;
    timer.shutdownNow();
    workers.shutdown();
    running.forEach(QueryCancellation::cancel);
    try {
      if (!workers.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("Asynchronous queries did not end within {} s", CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
