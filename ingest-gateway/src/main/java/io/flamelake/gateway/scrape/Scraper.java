/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape;

import static java.util.Objects.requireNonNull;

import io.flamelake.gateway.intake.ProfileIntake;
import io.flamelake.gateway.scrape.config.JobConfig;
import io.flamelake.gateway.scrape.config.ScrapeConfig;
import io.flamelake.gateway.scrape.config.ScrapeConfigException;
import io.flamelake.gateway.scrape.loop.ScrapeEnvironment;
import io.flamelake.gateway.scrape.shard.ShardMembers;
import io.flamelake.gateway.scrape.shard.Shards;
import io.flamelake.model.TenantId;
import io.flamelake.rpc.MemoryBudget;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scrapes what the configuration says: one pool of targets for each job.
 *
 * <pre>
 *   file ──► ScrapeConfig ──► ScrapePool (a job) ──► ScrapeLoop (a target) ──► ProfileIntake
 *                               ▲                        ▲
 *                           Discovery                  Shards
 * </pre>
 *
 * <p>One thread reads files and starts and stops loops, another runs the ticks; requests run on the
 * event loops. The file is read again when its text changes: jobs that stay as they are go on, and
 * a bad file changes nothing.
 */
public final class Scraper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Scraper.class);

  /** Pods come in bursts, and each look at all of them costs the same. */
  private static final long SYNC_DELAY_MILLIS = 100;

  /** How long the other replicas keep this one's share while a discovery finds nothing. */
  private static final Duration MAX_FIRST_LOOK = Duration.ofSeconds(10);

  private final ScraperConfig config;
  private final boolean multitenancyEnabled;
  private final Shards shards;
  private final ScheduledExecutorService worker;
  private final ScheduledThreadPoolExecutor ticker;
  private final ScrapeEnvironment environment;
  private final DiscoverySet discoveries;
  private final AtomicBoolean isSyncPending = new AtomicBoolean();

  private volatile String configText = "";
  private volatile ScrapeConfig jobs;
  private volatile Map<String, ScrapePool> pools = new LinkedHashMap<>();
  private volatile boolean isScraping;
  private boolean isStarted;
  private long startNanos;
  private volatile boolean lastReloadFailed;
  private String lastFailure = "";

  /**
   * Reads the configuration; nothing is asked of anybody before {@link #start}.
   *
   * @param intake where profiles go, with the memory their answers are taken from
   * @throws ScrapeConfigException if the configuration cannot be used
   */
  public Scraper(
      ScraperConfig config,
      boolean multitenancyEnabled,
      ProfileIntake intake,
      MemoryBudget budget,
      MeterRegistry registry,
      Clock clock) {
    this.config = requireNonNull(config, "config");
    this.multitenancyEnabled = multitenancyEnabled;
    this.configText = readFile();
    this.jobs = parse(configText);
    this.shards = ShardMembers.open(config.shard(), registry);
    this.worker = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "scrape-config"));
    this.ticker = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "scrape-ticks"));
    ticker.setRemoveOnCancelPolicy(true);
    this.environment = new ScrapeEnvironment(intake, budget, shards, ticker, registry, clock);
    this.discoveries = new DiscoverySet(worker, this::requestSync);
    registry.gauge(
        "flamelake.scrape.config.last.reload.successful",
        this,
        scraper -> scraper.lastReloadFailed ? 0 : 1);
    registry.gauge("flamelake.scrape.targets", this, scraper -> scraper.targets().active().size());
  }

  /**
   * Begins to scrape.
   *
   * @throws ScrapeConfigException if files that the configuration names cannot be used
   */
  public synchronized void start() {
    isStarted = true;
    startNanos = System.nanoTime();
    apply(jobs);
    requestSync();
    long millis = config.reloadInterval().toMillis();
    worker.scheduleWithFixedDelay(this::reload, millis, millis, TimeUnit.MILLISECONDS);
  }

  /** Whether this replica does its share; the others leave it to it as soon as it says so. */
  public boolean isScraping() {
    return isScraping;
  }

  /** What there is at this moment, in the order of the jobs. */
  public Targets targets() {
    List<Targets.ActiveTarget> active = new ArrayList<>();
    List<Targets.DroppedJob> dropped = new ArrayList<>();
    for (ScrapePool pool : pools.values()) {
      ScrapePool.View view = pool.view();
      view.loops()
          .forEach(
              loop ->
                  active.add(
                      new Targets.ActiveTarget(loop.target(), loop.status(), loop.isOwned())));
      dropped.add(new Targets.DroppedJob(pool.job(), view.dropped(), view.droppedCount()));
    }

    return new Targets(active, dropped);
  }

  private String readFile() {
    Path file = config.configFile();
    if (file == null) {
      return "";
    }

    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new ScrapeConfigException("Cannot read " + e.getMessage(), e);
    }
  }

  private ScrapeConfig parse(String text) {
    TenantId tenant = config.defaultTenant();
    Path file = config.configFile();
    ScrapeConfig written =
        file == null ? ScrapeConfig.NONE : ScrapeConfig.parse(file, text, tenant);
    ScrapeConfig all =
        config.kubernetesDefaults()
            ? ScrapeConfig.kubernetesDefaults(tenant).then(written)
            : written;
    for (JobConfig job : all.jobs()) {
      if (!multitenancyEnabled && !job.tenant().equals(TenantId.ANONYMOUS)) {
        throw new ScrapeConfigException(
            "Job " + job.name() + " is tenant " + job.tenant() + "'s, but multi-tenancy is off");
      }
    }

    return all;
  }

  private void reload() {
    try {
      String text = readFile();
      ScrapeConfig wanted = text.equals(configText) ? jobs : parse(text);
      apply(wanted);
      if (!text.equals(configText)) {
        LOG.info("Scraping {} jobs", wanted.jobs().size());
      }

      configText = text;
      jobs = wanted;
      lastReloadFailed = false;
      lastFailure = "";
    } catch (RuntimeException e) {
      lastReloadFailed = true;
      // Once for each reason, not once for each interval.
      String failure = String.valueOf(e.getMessage());
      if (!failure.equals(lastFailure)) {
        lastFailure = failure;
        LOG.warn("Scraping goes on as before: {}", failure);
      }
    }
  }

  /** Makes the pools those of a configuration; all or, with an exception, none of it. */
  private synchronized void apply(ScrapeConfig wanted) {
    if (!isStarted) {
      return;
    }

    Map<String, ScrapePool> before = pools;
    Map<String, ScrapePool> after = new LinkedHashMap<>();
    List<ScrapePool> made = new ArrayList<>();
    try {
      for (JobConfig job : wanted.jobs()) {
        long fingerprint = TlsFiles.fingerprint(job);
        ScrapePool known = before.get(job.name());
        if (known != null && known.does(job, fingerprint)) {
          after.put(job.name(), known);
        } else {
          ScrapePool pool = new ScrapePool(job, fingerprint, discoveries.of(job), environment);
          made.add(pool);
          after.put(job.name(), pool);
        }
      }
    } catch (RuntimeException e) {
      made.forEach(ScrapePool::close);
      throw e;
    }

    if (made.isEmpty() && after.size() == before.size()) {
      return;
    }

    pools = after;
    before.values().stream().filter(pool -> !after.containsValue(pool)).forEach(ScrapePool::close);
    discoveries.retain(wanted);
    requestSync();
  }

  private void requestSync() {
    if (isSyncPending.compareAndSet(false, true)) {
      try {
        worker.schedule(this::sync, SYNC_DELAY_MILLIS, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        LOG.debug("Targets changed while the scraper was closing");
      }
    }
  }

  private synchronized void sync() {
    isSyncPending.set(false);
    if (!isStarted) {
      return;
    }

    TargetClaims claims = new TargetClaims();
    for (ScrapePool pool : pools.values()) {
      try {
        pool.sync(claims);
      } catch (RuntimeException e) {
        LOG.error("Targets of job {} could not be renewed", pool.job().name(), e);
      }
    }

    if (!isScraping) {
      takeShare();
    }
  }

  /** Not before the targets are known: nobody would scrape them until then. */
  private void takeShare() {
    boolean isLate = System.nanoTime() - startNanos > MAX_FIRST_LOOK.toNanos();
    if (discoveries.haveLooked() || isLate) {
      isScraping = true;
      shards.start();
    } else {
      requestSync();
    }
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Ends all requests; the other replicas take over the targets. */
  @Override
  public void close() {
    synchronized (this) {
      isStarted = false;
      isScraping = false;
      pools.values().forEach(ScrapePool::close);
      pools = new LinkedHashMap<>();
      discoveries.close();
    }

    ticker.shutdownNow();
    worker.shutdownNow();
    shards.close();
  }
}
