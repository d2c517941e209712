/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.server.ServerBuilder;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.LakeTables;
import io.flamelake.query.api.QueryEndpoints;
import io.flamelake.query.async.AsyncQueries;
import io.flamelake.query.lake.LakeConfig;
import io.flamelake.query.lake.LakeProfileStore;
import io.flamelake.query.plan.QueryEngine;
import io.flamelake.query.tail.HotTail;
import io.flamelake.query.trino.TrinoConfig;
import io.flamelake.query.trino.TrinoProfileStore;
import io.flamelake.segment.store.ObjectStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The read side of Flamelake: what {@code querier.v1}, {@code /pyroscope/*} and the web page ask of
 * the tables and of the tail of the segment log.
 *
 * <p>The constructor opens the tables, which creates them where they are missing. Catalog and
 * object store stay the caller's.
 */
public final class QueryService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(QueryService.class);

  private final ProfileStore store;
  private final HotTail tail;
  private final AsyncQueries asyncQueries;
  private final QueryEndpoints endpoints;

  /** With the same limits for all tenants. */
  public QueryService(
      QueryConfig config,
      LakeCatalog catalog,
      ObjectStore objects,
      MeterRegistry meters,
      Clock clock) {
    this(config, tenant -> config.limits(), catalog, objects, meters, clock);
  }

  public QueryService(
      QueryConfig config,
      TenantQueryLimits limits,
      LakeCatalog catalog,
      ObjectStore objects,
      MeterRegistry meters,
      Clock clock) {
    requireNonNull(config, "config");
    requireNonNull(catalog, "catalog");
    this.store = newStore(config, catalog.tables(), meters);
    this.tail = new HotTail(config, store, objects, catalog.tables().profiles(), meters, clock);
    this.asyncQueries =
        new AsyncQueries(objects, config.async(), config.maxConcurrentQueries(), clock);
    QueryEngine engine = new QueryEngine(store, tail);
    this.endpoints =
        new QueryEndpoints(engine, asyncQueries, objects, config, limits, meters, clock);
    tail.start();
  }

  private static ProfileStore newStore(
      QueryConfig config, LakeTables tables, MeterRegistry meters) {
    TrinoConfig trino = config.trino();
    if (trino != null) {
      LOG.info("Queries are answered by {}", trino);
      return new TrinoProfileStore(tables, trino, meters);
    }

    return new LakeProfileStore(
        tables, LakeConfig.of(config.scanThreads(), config.cacheBytes()), meters);
  }

  /** Adds all paths to a server. */
  public void configureServices(ServerBuilder sb) {
    endpoints.addTo(sb);
  }

  /**
   * Whether a query would be answered. Not done by the constructor, since another engine may read
   * the tables through the catalog that this very server offers.
   *
   * @throws ProfileStoreException if it would not, with what an operator can do something about
   */
  public void check() {
    store.check();
  }

  /** Whether a query would be answered. Blocks. */
  public boolean isReady() {
    try {
      check();
      return true;
    } catch (ProfileStoreException e) {
      LOG.warn("The query service is not ready", e);
      return false;
    }
  }

  @Override
  public void close() {
    asyncQueries.close();
    tail.close();
    store.close();
  }
}
