/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.flamelake.model.TenantId;
import io.flamelake.query.ProfileStoreException;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.QueryCancelledException;
import io.flamelake.query.QueryConfig;
import io.flamelake.query.QueryReads;
import io.flamelake.query.QueryTooLargeException;
import io.flamelake.query.plan.PinnedProfiles;
import io.flamelake.query.plan.QueryEngine;
import io.flamelake.rpc.RpcCode;
import io.flamelake.rpc.RpcException;
import io.flamelake.segment.store.ObjectStoreException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs queries for requests: limits how many run at once, gives a query up when its client has gone
 * or its time is over, and turns failures into what the client is told.
 */
final class QueryRunner {
  private static final Logger LOG = LoggerFactory.getLogger(QueryRunner.class);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final long SLOT_POLL_MILLIS = 50;

  private final QueryEngine engine;
  private final QueryReport report;
  private final Semaphore slots;
  private final int maxPerTenant;
  private final Map<TenantId, Integer> queriesByTenant = new ConcurrentHashMap<>();

  QueryRunner(QueryEngine engine, QueryConfig config, QueryReport report) {
    this.engine = engine;
    this.report = report;
    this.slots = new Semaphore(config.maxConcurrentQueries(), true);
    this.maxPerTenant = config.maxConcurrentQueriesPerTenant();
  }

  /**
   * Answers a question on the calling thread, which must not be an event loop.
   *
   * @throws RpcException if there is no answer
   */
  <T> T run(
      ServiceRequestContext ctx, List<TenantId> tenants, Function<PinnedProfiles, T> question) {
    QueryCancellation cancellation = new QueryCancellation();
    ctx.whenRequestCancelling().thenAccept(cause -> cancellation.cancel());
    QueryReads reads = new QueryReads();
    T answer = run(ctx.path(), cancellation, tenants, reads, question);
    QueryReport.addHeaders(reads.totals(), ctx);
    return answer;
  }

  /**
   * Answers a question of no request in particular on the calling thread.
   *
   * @throws RpcException if there is no answer
   */
  <T> T run(
      QueryCancellation cancellation,
      List<TenantId> tenants,
      Function<PinnedProfiles, T> question) {
    return run("asynchronous query", cancellation, tenants, new QueryReads(), question);
  }

  private <T> T run(
      String name,
      QueryCancellation cancellation,
      List<TenantId> tenants,
      QueryReads reads,
      Function<PinnedProfiles, T> question) {
    enter(tenants);
    try {
      awaitSlot(cancellation);
      try {
        long start = System.nanoTime();
        T answer = engine.answer(tenants, cancellation, reads, question);
        report.answered(name, tenants, reads, Duration.ofNanos(System.nanoTime() - start));
        return answer;
      } finally {
        slots.release();
      }
    } catch (QueryCancelledException e) {
      throw new RpcException(RpcCode.CANCELED, "The query was cancelled", e);
    } catch (QueryTooLargeException e) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
    } catch (ProfileStoreException | ObjectStoreException e) {
      LOG.warn("Query of tenants {} failed", tenants, e);
      throw RpcException.unavailable(
          "The stored profiles could not be read completely, see the server's log", RETRY_AFTER);
    } finally {
      tenants.forEach(this::leave);
    }
  }

  /** Counts the query for each of its tenants, or for none of them. */
  private void enter(List<TenantId> tenants) {
    for (int i = 0; i < tenants.size(); i++) {
      try {
        enter(tenants.get(i));
      } catch (RpcException e) {
        tenants.subList(0, i).forEach(this::leave);
        throw e;
      }
    }
  }

  private void enter(TenantId tenant) {
    int queries = queriesByTenant.merge(tenant, 1, Integer::sum);
    if (queries > maxPerTenant) {
      leave(tenant);
      throw new RpcException(
              RpcCode.RESOURCE_EXHAUSTED,
              "The tenant has " + maxPerTenant + " queries under way, try again later")
          .withRetryAfter(RETRY_AFTER);
    }
  }

  private void leave(TenantId tenant) {
    queriesByTenant.computeIfPresent(tenant, (key, count) -> count == 1 ? null : count - 1);
  }

  private void awaitSlot(QueryCancellation cancellation) {
    try {
      while (!slots.tryAcquire(SLOT_POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        cancellation.check();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RpcException(RpcCode.CANCELED, "The server is stopping", e);
    }
  }
}
