/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.metric.MeterIdPrefixFunction;
import com.linecorp.armeria.common.prometheus.PrometheusMeterRegistries;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.metric.MetricCollectingService;
import com.linecorp.armeria.server.prometheus.PrometheusExpositionService;
import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.flink.EmbeddedFlink;
import io.flamelake.flink.JobHandle;
import io.flamelake.flink.maintenance.MaintenanceConfig;
import io.flamelake.flink.maintenance.MaintenancePlanners;
import io.flamelake.flink.maintenance.delete.Deletions;
import io.flamelake.flink.maintenance.delete.TenantRetention;
import io.flamelake.flink.maintenance.report.LastRun;
import io.flamelake.gateway.Gateway;
import io.flamelake.gateway.GatewayConfig;
import io.flamelake.gateway.scrape.Scraper;
import io.flamelake.gateway.scrape.api.TargetsApi;
import io.flamelake.gateway.scrape.config.ScrapeConfigException;
import io.flamelake.query.ProfileStoreException;
import io.flamelake.query.QueryConfig;
import io.flamelake.query.QueryService;
import io.flamelake.rpc.HttpDefaults;
import io.flamelake.rpc.Tenants;
import io.flamelake.rpc.UnknownRpcs;
import io.flamelake.segment.store.ObjectStore;
import io.flamelake.segment.store.ObjectStoreException;
import io.flamelake.segment.store.ObjectStores;
import io.flamelake.server.config.FlamelakeConfig;
import io.flamelake.server.config.LimitsConfig;
import io.flamelake.server.config.SelfProfilingConfig;
import io.flamelake.server.config.StorageConfig;
import io.flamelake.server.config.Target;
import io.flamelake.server.deletion.DeletionApi;
import io.flamelake.server.health.HealthMonitor;
import io.flamelake.server.health.LakeStatusApi;
import io.flamelake.server.limits.TenantLimitSet;
import io.flamelake.server.limits.TenantOverrides;
import io.flamelake.server.selfprofile.SelfProfiler;
import io.flamelake.server.status.LimitsApi;
import io.flamelake.server.status.StatusApi;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts that were asked for, running in this process on one port.
 *
 * <pre>
 *   object store ──┬─► gateway ──┐
 *                  │             ├─► HTTP server ─► (self-profiler pushes to it)
 *   catalog ───────┼─► querier ──┘
 *                  │
 *   Flink ─────────┴─► ingest job, maintenance
 * </pre>
 *
 * The three on the left start at the same time. The gateway takes profiles as soon as the port is
 * open, whether the job runs yet or not: an acknowledged profile waits in the segment log. Closing
 * goes the way of a profile: scraping ends, the gateway seals its lanes, maintenance ends, the job
 * commits its last checkpoint, the querier ends.
 */
public final class FlamelakeServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FlamelakeServer.class);

  private static final Duration MAX_CATALOG_WAIT = Duration.ofMinutes(1);
  private static final Duration CATALOG_RETRY_PAUSE = Duration.ofSeconds(1);
  private static final Duration MAX_JOB_START = Duration.ofMinutes(1);

  /** Closed in the reverse order of opening. */
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private final FlamelakeConfig config;
  private final Set<Target> targets;
  private final StartProgress progress;
  private final Readiness readiness = new Readiness();
  private final PrometheusMeterRegistry metrics = PrometheusMeterRegistries.newRegistry();
  private @Nullable TenantOverrides limits;
  private @Nullable SelfProfiler profiler;
  private @Nullable Gateway gateway;
  private @Nullable Scraper scraper;
  private @Nullable QueryService querier;
  private @Nullable Server http;
  private @Nullable EmbeddedFlink flink;

  private FlamelakeServer(FlamelakeConfig config, StartProgress progress) {
    this.config = config;
    this.targets = CatalogEndpoint.targets(config);
    this.progress = progress;
  }

  /**
   * Starts everything and returns when {@code /ready} answers 200.
   *
   * @throws StartException if the operator has something to mend first
   */
  static FlamelakeServer start(FlamelakeConfig config, StartProgress progress) {
    FlamelakeServer server = new FlamelakeServer(config, progress);
    try {
      server.startAll();
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** The port that was bound. */
  public int port() {
    return requireNonNull(http, "http").activeLocalPort();
  }

  private void startAll() {
    for (Target target : targets) {
      readiness.add(target.targetName(), () -> false);
    }

    checkPortIsFree();
    opened.push(StorageLock.acquire(config.storage().path(), targets));
    bindJvmMetrics();
    readLimits();

    ExecutorService starters = Executors.newCachedThreadPool();
    try {
      CompletableFuture<ObjectStore> store =
          CompletableFuture.supplyAsync(this::openStore, starters);
      CompletableFuture<@Nullable LakeCatalog> catalog =
          CompletableFuture.supplyAsync(this::openCatalog, starters);
      CompletableFuture<@Nullable EmbeddedFlink> cluster =
          CompletableFuture.supplyAsync(this::startFlink, starters);
      CompletableFuture<Void> job =
          catalog.thenAcceptBothAsync(cluster, this::submitJobs, starters);
      CompletableFuture<Void> served =
          store.thenAcceptBothAsync(catalog, this::startHttp, starters);
      join(CompletableFuture.allOf(job, served));
    } finally {
      starters.shutdown();
    }

    checkQuerier();
    startScraping();
    startSelfProfiling();
  }

  /** Waits, and throws what was thrown. */
  private static void join(CompletableFuture<Void> all) {
    try {
      all.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }

      throw e;
    }
  }

  /** Says so before anything else is started; the port is bound for good only when all is there. */
  private void checkPortIsFree() {
    InetSocketAddress address = listenAddress();
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(address);
    } catch (IOException e) {
      throw new StartException(
          "Cannot listen on "
              + config.http().listenAddress()
              + ":"
              + config.http().listenPort()
              + ": "
              + e.getMessage()
              + ". Stop what uses the port, or choose another with -server.http-listen-port",
          e);
    }
  }

  private InetSocketAddress listenAddress() {
    return new InetSocketAddress(config.http().listenAddress(), config.http().listenPort());
  }

  private void bindJvmMetrics() {
    new JvmMemoryMetrics().bindTo(metrics);
    new JvmThreadMetrics().bindTo(metrics);
    new ProcessorMetrics().bindTo(metrics);
    JvmGcMetrics gc = new JvmGcMetrics();
    gc.bindTo(metrics);
    onClose(gc);
  }

  private ObjectStore openStore() {
    ObjectStore store =
        ObjectStores.open(
            config.storage().effectiveObjectStoreUri(), config.storage().objectStoreProperties());
    onClose(store);
    progress.report("Object store " + config.storage().effectiveObjectStoreUri());
    return store;
  }

  private @Nullable LakeCatalog openCatalog() {
    if (targets.equals(EnumSet.of(Target.GATEWAY))) {
      return null;
    }

    LakeCatalog catalog =
        new CatalogOpener(catalogConfig(), MAX_CATALOG_WAIT, CATALOG_RETRY_PAUSE).open();
    onClose(catalog);
    progress.report("Catalog and tables");
    return catalog;
  }

  private CatalogConfig catalogConfig() {
    return config.catalog().toCatalogConfig(config.storage().path());
  }

  private synchronized void onClose(AutoCloseable component) {
    opened.push(component);
  }

  private @Nullable EmbeddedFlink startFlink() {
    boolean ingests = runs(Target.INGESTER);
    boolean maintains = runs(Target.MAINTENANCE);
    if (!ingests && !maintains) {
      return null;
    }

    EmbeddedFlink started =
        EmbeddedFlink.start(
            flinkDirectory(),
            ingests ? config.ingester().effectiveParallelism() : 0,
            maintains ? config.maintenance().effectiveParallelism() : 0);
    synchronized (this) {
      flink = started;
    }

    progress.report("Flink");
    return started;
  }

  /** Another process with the same directory may run the other job, so each has its own. */
  private Path flinkDirectory() {
    StorageConfig storage = config.storage();
    return runs(Target.INGESTER) ? storage.flinkDirectory() : storage.maintenanceDirectory();
  }

  private void submitJobs(@Nullable LakeCatalog catalog, @Nullable EmbeddedFlink cluster) {
    if (cluster == null) {
      return;
    }

    try {
      JobHandle maintenance = runs(Target.MAINTENANCE) ? submitMaintenance(cluster) : null;
      if (runs(Target.INGESTER)) {
        submitIngest(cluster).awaitRunning(MAX_JOB_START);
        progress.report("Ingest job");
      }

      if (maintenance != null) {
        maintenance.awaitRunning(MAX_JOB_START);
        progress.report("Maintenance");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("Interrupted while jobs were starting", e);
    }
  }

  private JobHandle submitIngest(EmbeddedFlink cluster) throws InterruptedException {
    IngestMeters.bind(cluster.metrics(), metrics);
    JobHandle job =
        cluster.submit(config.ingester().toJobConfig(catalogConfig(), config.storage()));
    readiness.add(Target.INGESTER.targetName(), () -> isRunning(job));
    return job;
  }

  private JobHandle submitMaintenance(EmbeddedFlink cluster) throws InterruptedException {
    MaintenanceMeters.bind(cluster.lastRuns(), metrics);
    JobHandle job = cluster.submitMaintenance(maintenanceConfig(), MaintenancePlanners::of);
    readiness.add(Target.MAINTENANCE.targetName(), () -> isRunning(job));
    return job;
  }

  private MaintenanceConfig maintenanceConfig() {
    return config
        .maintenance()
        .toMaintenanceConfig(catalogConfig(), config.storage(), config.ingester())
        .retention(config.maintenance().toRetention(config.limits()))
        .temporaryDirectory(flinkDirectory().resolve("tmp"))
        .build();
  }

  private static boolean isRunning(JobHandle job) {
    try {
      return job.isRunning();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (IllegalStateException e) {
      LOG.warn("The state of a job is unknown", e);
      return false;
    }
  }

  private void startHttp(ObjectStore store, @Nullable LakeCatalog catalog) {
    ServerBuilder builder = Server.builder();
    builder.http(listenAddress());
    HttpDefaults.apply(builder, config.http().requestTimeout());
    builder.meterRegistry(metrics);
    // ApiErrorHandler has logged what is worth it.
    builder.unloggedExceptionsReportInterval(Duration.ZERO);
    builder.decorator(
        MetricCollectingService.newDecorator(MeterIdPrefixFunction.ofDefault("flamelake.http")));
    builder.service(
        "/ready",
        (ctx, request) ->
            HttpResponse.of(
                CompletableFuture.supplyAsync(
                    () -> readyResponse(ctx.queryParam("target")), ctx.blockingTaskExecutor())));
    builder.service("/metrics", PrometheusExpositionService.of(metrics.getPrometheusRegistry()));
    addGateway(builder, store);
    addQuerier(builder, store, catalog);
    addCatalog(builder, catalog);
    addHealth(builder, store, catalog);
    addDeletions(builder, store, catalog);
    new LimitsApi(requireNonNull(limits, "limits"), tenants()).addTo(builder);
    new StatusApi(config, Version.text()).addTo(builder);
    UnknownRpcs.addTo(builder);

    Server server = builder.build();
    try {
      server.start().join();
    } catch (CompletionException e) {
      throw new StartException("Cannot listen on " + listenAddress() + ": " + e.getCause(), e);
    }

    synchronized (this) {
      http = server;
    }

    progress.report("HTTP server on port " + server.activeLocalPort());
    if (runs(Target.CATALOG)) {
      readiness.add(Target.CATALOG.targetName(), () -> true);
      progress.report("REST catalog " + catalogUri(server));
    }
  }

  private void addGateway(ServerBuilder builder, ObjectStore store) {
    if (runs(Target.GATEWAY)) {
      Gateway started =
          new Gateway(
              gatewayConfig(),
              requireNonNull(limits, "limits")::pushLimits,
              store,
              metrics,
              Clock.systemUTC());
      synchronized (this) {
        gateway = started;
      }

      checkStore(started);
      if (config.storage().isOwnStore()) {
        AbandonedLanes.seal(store);
      }

      started.configureServices(builder);
      addScraper(builder, started);
      readiness.add(Target.GATEWAY.targetName(), started::isReady);
    }
  }

  private void addScraper(ServerBuilder builder, Gateway started) {
    try {
      Scraper made = started.newScraper(config.scrape().toScraperConfig());
      synchronized (this) {
        scraper = made;
      }

      new TargetsApi(made, tenants()).addTo(builder);
    } catch (ScrapeConfigException | IllegalArgumentException e) {
      throw new StartException("Scraping is not configured right: " + e.getMessage(), e);
    }
  }

  /** After the port is open, where other gateways ask for this one. */
  private void startScraping() {
    Scraper made = scraper;
    if (made == null || !config.scrape().isEnabled()) {
      return;
    }

    try {
      made.start();
    } catch (ScrapeConfigException e) {
      throw new StartException("Scraping is not configured right: " + e.getMessage(), e);
    }
  }

  private static void checkStore(Gateway gateway) {
    try {
      gateway.check();
    } catch (ObjectStoreException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  private void addQuerier(ServerBuilder builder, ObjectStore store, @Nullable LakeCatalog catalog) {
    if (runs(Target.QUERIER)) {
      QueryConfig queryConfig = queryConfig();
      TenantOverrides tenantLimits = requireNonNull(limits, "limits");
      QueryService started =
          new QueryService(
              queryConfig,
              tenantLimits::queryLimits,
              requireNonNull(catalog, "catalog"),
              store,
              metrics,
              Clock.systemUTC());
      onClose(started);
      started.configureServices(builder);
      readiness.add(Target.QUERIER.targetName(), started::isReady);
      synchronized (this) {
        querier = started;
      }
    }
  }

  private void addDeletions(
      ServerBuilder builder, ObjectStore store, @Nullable LakeCatalog catalog) {
    if (runs(Target.MAINTENANCE)) {
      Clock clock = Clock.systemUTC();
      Deletions deletions =
          new Deletions(requireNonNull(catalog, "catalog"), store, maintenanceConfig(), clock);
      new DeletionApi(deletions, tenants(), clock).addTo(builder);
    }
  }

  private Tenants tenants() {
    return new Tenants(config.tenancy().multitenancyEnabled());
  }

  private void addCatalog(ServerBuilder builder, @Nullable LakeCatalog catalog) {
    if (runs(Target.CATALOG)) {
      CatalogEndpoint.configure(builder, requireNonNull(catalog, "catalog"), config.catalog());
    }
  }

  private void addHealth(ServerBuilder builder, ObjectStore store, @Nullable LakeCatalog catalog) {
    if (runs(Target.MAINTENANCE)) {
      HealthMonitor health =
          new HealthMonitor(
              requireNonNull(catalog, "catalog"),
              store,
              this::lastRuns,
              config.maintenance().healthInterval(),
              config.maintenance().closedAfter(),
              metrics,
              Clock.systemUTC());
      onClose(health);
      readiness.addWarnings(Target.MAINTENANCE.targetName(), health::warnings);
      new LakeStatusApi(health).addTo(builder);
    }
  }

  private synchronized SortedMap<String, LastRun> lastRuns() {
    return flink == null ? new TreeMap<>() : flink.lastRuns().byKind();
  }

  private String catalogUri(Server server) {
    String access = config.catalog().restReadOnly() ? " (read-only)" : " (read-write)";
    return "http://localhost:" + server.activeLocalPort() + CatalogEndpoint.PATH + access;
  }

  private boolean runs(Target target) {
    return targets.contains(target);
  }

  private void readLimits() {
    LimitsConfig file = config.limits();
    try {
      TenantLimitSet defaults =
          new TenantLimitSet(
              config.query().toQueryLimits(),
              gatewayConfig().limits(),
              TenantRetention.of(config.maintenance().toRetention(config.limits())));
      TenantOverrides read =
          new TenantOverrides(file.overridesPath(), file.reloadInterval(), defaults, metrics);
      onClose(read);
      limits = read;
    } catch (IllegalArgumentException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  private GatewayConfig gatewayConfig() {
    return config.gateway().toGatewayConfig(config.tenancy(), config.storage().isRemote());
  }

  private QueryConfig queryConfig() {
    try {
      return config
          .query()
          .toQueryConfig(config.tenancy(), config.engine(), config.ingester().duplicateWindow());
    } catch (IllegalArgumentException e) {
      throw new StartException("The query service is not configured right: " + e.getMessage(), e);
    }
  }

  /** After the HTTP server has started, which another engine may read the catalog from. */
  private void checkQuerier() {
    QueryService started = querier;
    if (started == null) {
      return;
    }

    try {
      started.check();
    } catch (ProfileStoreException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  private HttpResponse readyResponse(@Nullable String target) {
    Readiness.Answer answer = target == null ? readiness.answer() : readiness.answer(target);
    return HttpResponse.of(
        answer.isReady() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE,
        MediaType.PLAIN_TEXT_UTF_8,
        answer.text());
  }

  private void startSelfProfiling() {
    SelfProfilingConfig profiling = config.selfProfiling();
    String url = profiling.url();
    if (url.isEmpty() && runs(Target.GATEWAY)) {
      url = "http://127.0.0.1:" + port();
    }

    if (!profiling.disablePush() && !url.isEmpty()) {
      Map<String, String> labels =
          Map.of("target", targetNames(), "hostname", hostName(), "version", Version.text());
      SelfProfiler started =
          new SelfProfiler(profiling, URI.create(url), labels, Clock.systemUTC());
      profiler = started;
      started.start();
    }
  }

  private String targetNames() {
    return targets.stream().map(Target::targetName).collect(Collectors.joining(","));
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      LOG.debug("No name for this host", e);
      return "localhost";
    }
  }

  /**
   * Ends everything in order: pushes are refused, lanes sealed, the last checkpoint committed, the
   * port closed. A step that fails is logged and the next ones still run.
   */
  @Override
  public synchronized void close() {
    readiness.stop();
    if (profiler != null) {
      closeQuietly("self-profiling", profiler);
    }

    if (scraper != null) {
      closeQuietly("scraper", scraper);
    }

    // The port needs a while to fall quiet; meanwhile the segments on their way are written.
    CompletableFuture<Void> httpStopped =
        http == null ? CompletableFuture.completedFuture(null) : http.stop();
    if (gateway != null) {
      closeQuietly("gateway", gateway);
    }

    if (flink != null) {
      closeQuietly("jobs", flink::stopGracefully);
      closeQuietly("Flink", flink);
    }

    closeQuietly("HTTP server", httpStopped::join);
    while (!opened.isEmpty()) {
      AutoCloseable component = opened.pop();
      closeQuietly(component.getClass().getSimpleName(), component);
    }
  }

  private static void closeQuietly(String name, AutoCloseable component) {
    try {
      component.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.warn("Interrupted while {} was closing", name);
    } catch (Exception e) {
      LOG.warn("{} did not close cleanly", name, e);
    }
  }
}
