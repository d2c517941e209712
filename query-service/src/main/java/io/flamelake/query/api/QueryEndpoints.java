/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import com.linecorp.armeria.server.ServerBuilder;
import io.flamelake.query.QueryConfig;
import io.flamelake.query.TenantQueryLimits;
import io.flamelake.query.adhoc.AdHocProfiles;
import io.flamelake.query.async.AsyncQueries;
import io.flamelake.query.plan.QueryEngine;
import io.flamelake.query.settings.SettingsStore;
import io.flamelake.rpc.Tenants;
import io.flamelake.segment.store.ObjectStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;

/** Everything the query service answers over HTTP. */
public final class QueryEndpoints {
  private final QuerierApi querier;
  private final RenderApi render;
  private final SettingsApi settings;
  private final AdHocApi adHoc;
  private final CapabilitiesApi capabilities;
  private final UiFiles ui;

  public QueryEndpoints(
      QueryEngine engine,
      AsyncQueries asyncQueries,
      ObjectStore objects,
      QueryConfig config,
      TenantQueryLimits tenantLimits,
      MeterRegistry meters,
      Clock clock) {
    QueryRunner runner = new QueryRunner(engine, config, new QueryReport(meters));
    LimitsByTenant limits = new LimitsByTenant(tenantLimits, clock);
    Tenants tenants = new Tenants(config.multitenancyEnabled());
    this.querier =
        new QuerierApi(runner, new AsyncStacktraces(asyncQueries), limits, config, tenants);
    this.render = new RenderApi(runner, limits, config, tenants, clock);
    this.settings = new SettingsApi(new SettingsStore(objects, clock), tenants);
    AdHocProfiles profiles = new AdHocProfiles(objects, config.adHoc(), clock);
    this.adHoc = new AdHocApi(profiles, config.adHoc(), limits, tenants);
    this.capabilities = new CapabilitiesApi(tenants);
    this.ui = new UiFiles();
  }

  /** Adds all paths to a server, whose error handler is to be that of {@code connect-rpc}. */
  public void addTo(ServerBuilder sb) {
    querier.addTo(sb);
    render.addTo(sb);
    settings.addTo(sb);
    adHoc.addTo(sb);
    capabilities.addTo(sb);
    ui.addTo(sb);
  }
}
