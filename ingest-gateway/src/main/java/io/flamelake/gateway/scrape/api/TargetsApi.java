/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.api;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.CompletableFuture.completedFuture;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.flamelake.gateway.scrape.Scraper;
import io.flamelake.model.TenantId;
import io.flamelake.proto.agent.v1.GetTargetsRequest;
import io.flamelake.proto.agent.v1.GetTargetsResponse;
import io.flamelake.proto.agent.v1.State;
import io.flamelake.rpc.RpcException;
import io.flamelake.rpc.RpcService;
import io.flamelake.rpc.Tenants;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is scraped: {@code agent.v1.AgentService/GetTargets}, the same under {@code GET
 * /api/v1/targets}, and the page {@code /targets}. A tenant is told of the targets of its own jobs;
 * the page is for operators and shows all, as {@code /metrics} does.
 *
 * <p>Other replicas ask {@code /api/v1/scrape/ready}.
 */
public final class TargetsApi {

  private static final String JSON_PATH = "/api/v1/targets";
  private static final String PAGE_PATH = "/targets";
  private static final String READY_PATH = "/api/v1/scrape/ready";
  private static final String PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'";
  private static final JsonFormat.Printer JSON =
      JsonFormat.printer().omittingInsignificantWhitespace();

  private final Scraper scraper;
  private final Tenants tenants;

  public TargetsApi(Scraper scraper, Tenants tenants) {
    this.scraper = requireNonNull(scraper, "scraper");
    this.tenants = requireNonNull(tenants, "tenants");
  }

  /** Adds all paths to a server. */
  public void addTo(ServerBuilder builder) {
    RpcService.builder("agent.v1.AgentService", tenants)
        .unary(
            "GetTargets",
            GetTargetsRequest.getDefaultInstance(),
            GetTargetsResponse.getDefaultInstance(),
            (ctx, request) -> completedFuture(answer(ctx.tenant(), request.getState())))
        .build()
        .addTo(builder);
    builder.route().get(JSON_PATH).build((ctx, request) -> blocking(ctx, () -> json(ctx)));
    builder.route().get(PAGE_PATH).build((ctx, request) -> blocking(ctx, this::page));
    builder.route().get(READY_PATH).build((ctx, request) -> ready());
  }

  private static HttpResponse blocking(ServiceRequestContext ctx, Supplier<HttpResponse> response) {
    return HttpResponse.of(CompletableFuture.supplyAsync(response, ctx.blockingTaskExecutor()));
  }

  private GetTargetsResponse answer(TenantId tenant, State state) {
    return new TargetMessages(scraper.targets(), tenant).response(state);
  }

  private HttpResponse json(ServiceRequestContext ctx) {
    TenantId tenant = tenants.resolve(ctx.request().headers());
    try {
      String body = JSON.print(answer(tenant, state(ctx.queryParam("state"))));
      return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, body);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("Targets have no JSON", e);
    }
  }

  private static State state(@Nullable String name) {
    if (name == null || name.isEmpty()) {
      return State.STATE_UNSPECIFIED;
    }

    try {
      return State.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw RpcException.invalidArgument(
          "state: '" + name + "' (expected: STATE_ACTIVE or STATE_DROPPED)");
    }
  }

  private HttpResponse page() {
    return HttpResponse.of(
        ResponseHeaders.builder(HttpStatus.OK)
            .contentType(MediaType.HTML_UTF_8)
            .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
            .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, PAGE_POLICY)
            .build(),
        HttpData.ofUtf8(new TargetsPage(scraper.targets()).html()));
  }

  private HttpResponse ready() {
    return HttpResponse.of(
        scraper.isScraping() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE,
        MediaType.PLAIN_TEXT_UTF_8,
        scraper.isScraping() ? "scraping" : "not scraping");
  }
}
