/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.limits;

import static java.util.Objects.requireNonNull;

import io.flamelake.gateway.limits.Limits;
import io.flamelake.model.TenantId;
import io.flamelake.query.QueryLimits;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The limits in force. A file that cannot be read, or says something that is no limit, changes
 * nothing: what the last good one said stays, and log and metrics tell so. At start there is no
 * last good one, so a bad file ends the start.
 *
 * <p>Names that no limit has are reported and left alone, as other parts and releases may know
 * them.
 */
public final class TenantOverrides implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TenantOverrides.class);

  private final TenantLimitSet defaults;
  private final ScheduledExecutorService reloader;
  private volatile State state;
  private volatile boolean lastReadFailed;
  private String lastFailure = "";

  private record State(
      String text, OverridesFile overrides, Map<TenantId, TenantLimitSet> limits) {}

  /**
   * Reads the file.
   *
   * @param file null: all tenants have the defaults
   * @throws IllegalArgumentException if the file is bad
   */
  public TenantOverrides(
      @Nullable Path file, Duration reloadInterval, TenantLimitSet defaults, MeterRegistry meters) {
    this.defaults = requireNonNull(defaults, "defaults");
    this.state = new State("", OverridesFile.EMPTY, Map.of());
    this.reloader = Executors.newSingleThreadScheduledExecutor(TenantOverrides::daemon);
    if (file == null) {
      return;
    }

    try {
      readFile(file);
    } catch (IOException | IllegalArgumentException e) {
      reloader.shutdown();
      throw new IllegalArgumentException("Overrides file " + file + ": " + reason(e), e);
    }

    meters.gauge(
        "flamelake_limits_overrides_last_reload_successful",
        this,
        overrides -> overrides.lastReadFailed ? 0 : 1);
    long millis = reloadInterval.toMillis();
    reloader.scheduleWithFixedDelay(() -> reload(file), millis, millis, TimeUnit.MILLISECONDS);
  }

  /** What the tenant may ask for. */
  public QueryLimits queryLimits(TenantId tenant) {
    return limitSet(tenant).queries();
  }

  /** What the tenant may push. */
  public Limits pushLimits(TenantId tenant) {
    return limitSet(tenant).pushes();
  }

  /** The limits of a tenant by name, the defaults among them. */
  public Map<String, String> limits(TenantId tenant) {
    return limitSet(tenant).texts();
  }

  private TenantLimitSet limitSet(TenantId tenant) {
    return state.limits.getOrDefault(tenant, defaults);
  }

  /** What the file in force says, by tenant and limit. */
  public Map<TenantId, Map<String, String>> overrides() {
    return state.overrides.tenants();
  }

  /** All limits of the tenants that are in the file, and what else the file says of them. */
  public Map<TenantId, Map<String, String>> limitsOfOverridden() {
    State current = state;
    Map<TenantId, Map<String, String>> all = new TreeMap<>();
    current
        .overrides
        .tenants()
        .forEach(
            (tenant, said) -> {
              Map<String, String> limits = new TreeMap<>(said);
              limits.putAll(current.limits.getOrDefault(tenant, defaults).texts());
              all.put(tenant, limits);
            });
    return all;
  }

  /** As {@link #limitsOfOverridden}, without what is as for tenants that are not in the file. */
  public Map<TenantId, Map<String, String>> differences() {
    Set<Map.Entry<String, String>> usual = defaults.texts().entrySet();
    Map<TenantId, Map<String, String>> all = limitsOfOverridden();
    all.values().forEach(limits -> limits.entrySet().removeAll(usual));
    return all;
  }

  private void reload(Path from) {
    try {
      readFile(from);
      if (lastReadFailed) {
        LOG.info("Overrides file {} is good again", from);
      }

      lastReadFailed = false;
      lastFailure = "";
    } catch (IOException | RuntimeException e) {
      lastReadFailed = true;
      // Once for each reason, not once for each interval.
      if (!lastFailure.equals(reason(e))) {
        lastFailure = reason(e);
        LOG.warn("Overrides file {} is bad, limits stay as they are: {}", from, lastFailure);
      }
    }
  }

  private void readFile(Path from) throws IOException {
    String text = Files.readString(from);
    if (text.equals(state.text)) {
      return;
    }

    OverridesFile overrides = OverridesFile.parse(text);
    Map<TenantId, TenantLimitSet> applied = new TreeMap<>();
    TreeSet<String> unknown = new TreeSet<>();
    overrides
        .tenants()
        .forEach(
            (tenant, limits) -> {
              applied.put(tenant, apply(tenant, limits));
              unknown.addAll(limits.keySet());
            });
    unknown.removeAll(TenantLimitSet.NAMES);
    if (!unknown.isEmpty()) {
      LOG.warn("Overrides file {} has limits that are not known here: {}", from, unknown);
    }

    state = new State(text, overrides, applied);
    LOG.info("Overrides file {}: limits of {} tenants", from, applied.size());
  }

  private TenantLimitSet apply(TenantId tenant, Map<String, String> limits) {
    try {
      return defaults.apply(limits);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("Tenant " + tenant + ": " + e.getMessage(), e);
    }
  }

  private static String reason(Exception e) {
    return e instanceof IOException ? e.toString() : String.valueOf(e.getMessage());
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "limits-reloader");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    reloader.shutdownNow();
  }
}
