/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import com.linecorp.armeria.server.ServerBuilder;
import io.flamelake.query.QueryConfig;
import io.flamelake.query.plan.QueryEngine;
import io.flamelake.rpc.Tenants;
import java.time.Clock;

/** Everything the query service answers over HTTP. */
public final class QueryEndpoints {
  private final QuerierApi querier;
  private final RenderApi render;
  private final UiFiles ui;

  public QueryEndpoints(QueryEngine engine, QueryConfig config, Clock clock) {
    QueryRunner runner = new QueryRunner(engine, config);
    RequestLimits limits = new RequestLimits(config, clock);
    Tenants tenants = new Tenants(config.multitenancyEnabled());
    this.querier = new QuerierApi(runner, limits, config, tenants);
    this.render = new RenderApi(runner, limits, config, tenants);
    this.ui = new UiFiles();
  }

  /** Adds all paths to a server, whose error handler is to be that of {@code connect-rpc}. */
  public void addTo(ServerBuilder sb) {
    querier.addTo(sb);
    render.addTo(sb);
    ui.addTo(sb);
  }
}
