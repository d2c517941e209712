/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.server.ServerBuilder;
import io.flamelake.gateway.api.IngestApi;
import io.flamelake.gateway.api.OtlpApi;
import io.flamelake.gateway.api.PushApi;
import io.flamelake.gateway.api.Uploads;
import io.flamelake.gateway.batch.SegmentBatcher;
import io.flamelake.gateway.intake.ProfileIntake;
import io.flamelake.gateway.limits.TenantLimits;
import io.flamelake.gateway.scrape.Scraper;
import io.flamelake.gateway.scrape.ScraperConfig;
import io.flamelake.rpc.MemoryBudget;
import io.flamelake.rpc.TenantWorkers;
import io.flamelake.rpc.Tenants;
import io.flamelake.segment.store.ConditionalPutProbe;
import io.flamelake.segment.store.ObjectStore;
import io.flamelake.segment.store.ObjectStoreException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.function.Function;

/**
 * Accepts profiles over HTTP and acknowledges them when they are durable in the segment log.
 *
 * <pre>
 *  PushApi ───┐
 *             ├─► ProfileIntake ──────────────► SegmentBatcher ──► lane ──► object store
 *  IngestApi ─┤   decompress, decode, limits,   one segment at a time and lane,      │
 *  OtlpApi ───┤   label rules (worker pool)     the next one fills meanwhile         │
 *      ▲      │                                                                       │
 *      │   Scraper                                                                    │
 *      └──────────────────────── 200 after the PUT ◄────────────────────────────────┘
 * </pre>
 *
 * <p>Memory is bounded: bodies and profiles on their way reserve their bytes in one {@link
 * MemoryBudget}, and who finds it spent is refused with 503 and {@code Retry-After}.
 *
 * <p>Tenants share all of it fairly: each has a share of the memory, {@link TenantWorkers} work for
 * one after the other, and a segment that cannot hold all that waits takes the same from each.
 */
public final class Gateway implements AutoCloseable {

  /** Tasks, one for each profile; their memory is bounded by the budget, not by their number. */
  private static final int MAX_WAITING_TASKS = 16 * 1024;

  private final ObjectStore store;
  private final TenantWorkers workers;
  private final SegmentBatcher batcher;
  private final ProfileIntake intake;
  private final PushApi pushApi;
  private final IngestApi ingestApi;
  private final Function<ScraperConfig, Scraper> scrapers;
  private final OtlpApi otlpApi;

  private volatile boolean closed;

  /**
   * Makes a gateway, which writes nothing before the first profile. The store stays the caller's.
   *
   * @param limits what single tenants may push in place of the configuration's limits; the size of
   *     a request's body stays the configuration's
   */
  public Gateway(
      GatewayConfig config,
      TenantLimits limits,
      ObjectStore store,
      MeterRegistry registry,
      Clock clock) {
    requireNonNull(limits, "limits");
    this.store = requireNonNull(store, "store");
    Tenants tenants = new Tenants(config.multitenancyEnabled());
    MemoryBudget budget =
        config.multitenancyEnabled()
            ? MemoryBudget.sharedByTenants(config.maxBufferBytes())
            : new MemoryBudget(config.maxBufferBytes());
    Gauge.builder("flamelake.gateway.buffer.used", budget, MemoryBudget::usedBytes)
        .baseUnit("bytes")
        .description("Memory held by requests and by profiles that are not stored yet")
        .register(registry);
    this.batcher = new SegmentBatcher(config.segment(), store, registry, clock);
    batcher.start();
    this.workers = new TenantWorkers("gateway-worker", config.workers(), MAX_WAITING_TASKS);
    this.intake = new ProfileIntake(limits, workers, budget, batcher, registry, clock);
    Uploads uploads =
        new Uploads(
            tenants,
            budget,
            workers,
            config.maxRequestBytes(),
            intake::countUnreadable,
            config.requestTimeout());
    this.pushApi = new PushApi(intake, uploads);
    this.ingestApi = new IngestApi(intake, uploads, limits, clock);
    this.otlpApi = new OtlpApi(intake, uploads, limits, clock);
    this.scrapers =
        scraperConfig ->
            new Scraper(
                scraperConfig, config.multitenancyEnabled(), intake, budget, registry, clock);
  }

  /** Makes a gateway whose tenants all have the configuration's limits. */
  public Gateway(GatewayConfig config, ObjectStore store, MeterRegistry registry, Clock clock) {
    this(config, tenant -> config.limits(), store, registry, clock);
  }

  /**
   * Checks that the store can be written and keeps writers apart. Meant for the start of a process;
   * a store that ignores conditions lets segments overwrite each other.
   *
   * @throws ObjectStoreException if the store cannot be used; the message says what to do
   */
  public void check() {
    ConditionalPutProbe.check(store);
  }

  /**
   * Adds the paths for pushing. The server needs {@link io.flamelake.rpc.HttpDefaults} too: long
   * request lines, and the error bodies clients expect.
   */
  public void configureServices(ServerBuilder sb) {
    pushApi.addTo(sb);
    ingestApi.addTo(sb);
    otlpApi.addTo(sb);
  }

  /**
   * Makes what pulls profiles into this gateway. The caller starts it, and closes it before the
   * gateway.
   *
   * @throws io.flamelake.gateway.scrape.config.ScrapeConfigException if its jobs cannot be read
   */
  public Scraper newScraper(ScraperConfig scraperConfig) {
    return scrapers.apply(scraperConfig);
  }

  /** Whether pushes are accepted. */
  public boolean isReady() {
    return !closed;
  }

  /** Stops accepting, stores what has been accepted, and seals the lanes. */
  @Override
  public void close() {
    closed = true;
    workers.close();
    batcher.close();
  }
}
