/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.deletion;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.flamelake.flink.maintenance.delete.DeletionRequest;
import io.flamelake.flink.maintenance.delete.Deletions;
import io.flamelake.model.ProfileType;
import io.flamelake.model.Selector;
import io.flamelake.model.TenantId;
import io.flamelake.rpc.AtTime;
import io.flamelake.rpc.RpcCode;
import io.flamelake.rpc.RpcException;
import io.flamelake.rpc.Tenants;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/v1/delete}: what would be deleted, orders to do it, and how far they are. Parameters
 * come in the query or, since the names that are to vanish do not belong in the logs of proxies, as
 * a form in the body.
 */
public final class DeletionApi {
  private static final String PATH = "/api/v1/delete";
  private static final int MAX_BODY_BYTES = 64 << 10;
  private static final Duration MAX_TIME = Duration.ofMinutes(10);
  private static final Set<String> PARAMETERS =
      Set.of("selector", "profile_type", "from", "to", "all", "dry_run");

  private final Deletions deletions;
  private final Tenants tenants;
  private final Clock clock;

  public DeletionApi(Deletions deletions, Tenants tenants, Clock clock) {
    this.deletions = requireNonNull(deletions, "deletions");
    this.tenants = requireNonNull(tenants, "tenants");
    this.clock = requireNonNull(clock, "clock");
  }

  /** Adds the paths to a server. */
  public void addTo(ServerBuilder sb) {
    // A dry run reads all that may be meant.
    sb.route()
        .post(PATH)
        .maxRequestLength(MAX_BODY_BYTES)
        .requestTimeout(MAX_TIME)
        .build(this::post);
    sb.route().get(PATH).build(this::list);
    sb.route().get(PATH + "/{id}").build(this::get);
  }

  private HttpResponse post(ServiceRequestContext ctx, HttpRequest request) {
    TenantId tenant = tenants.resolve(request.headers());
    return HttpResponse.of(
        request
            .aggregate()
            .thenApplyAsync(
                body -> {
                  QueryParams form = QueryParams.fromQueryString(body.contentUtf8());
                  return post(tenant, ctx.queryParams().toBuilder().add(form).build());
                },
                ctx.blockingTaskExecutor()));
  }

  private HttpResponse post(TenantId tenant, QueryParams parameters) {
    checkNames(parameters);
    boolean dryRun = isTrue(parameters, "dry_run", true);
    Deletions.Target target = target(tenant, parameters);
    try {
      if (dryRun) {
        return HttpResponse.ofJson(EstimateJson.of(deletions.estimate(target)));
      }

      return HttpResponse.ofJson(HttpStatus.ACCEPTED, DeletionJson.of(deletions.accept(target)));
    } catch (IllegalArgumentException e) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse list(ServiceRequestContext ctx, HttpRequest request) {
    TenantId tenant = tenants.resolve(request.headers());
    return answer(
        ctx,
        () ->
            HttpResponse.ofJson(
                Map.of(
                    "deletions", deletions.list(tenant).stream().map(DeletionJson::of).toList())));
  }

  private HttpResponse get(ServiceRequestContext ctx, HttpRequest request) {
    TenantId tenant = tenants.resolve(request.headers());
    String id = requireNonNull(ctx.pathParam("id"), "id");
    return answer(
        ctx,
        () -> {
          DeletionRequest found = deletions.find(tenant, id);
          if (found == null) {
            throw new RpcException(RpcCode.NOT_FOUND, "No deletion " + id);
          }

          return HttpResponse.ofJson(DeletionJson.of(found));
        });
  }

  /** Reads the object store outside of the event loop. */
  private static HttpResponse answer(ServiceRequestContext ctx, Supplier<HttpResponse> reader) {
    return HttpResponse.of(CompletableFuture.supplyAsync(reader, ctx.blockingTaskExecutor()));
  }

  private Deletions.Target target(TenantId tenant, QueryParams parameters) {
    String text = parameters.get("selector", "{}");
    Selector selector = parse("selector", text, () -> Selector.parse(text));
    boolean all = isTrue(parameters, "all", false);
    if (selector.matchers().isEmpty() && !all) {
      throw RpcException.invalidArgument(
          "selector: '"
              + text
              + "' (expected: at least one condition, or all=true for everything of the tenant)");
    }

    if (!selector.matchers().isEmpty() && all) {
      throw RpcException.invalidArgument(
          "all: 'true' (expected: without a selector, which is '" + text + "')");
    }

    String type = parameters.get("profile_type");
    return new Deletions.Target(
        tenant,
        selector,
        type == null ? null : parse("profile_type", type, () -> ProfileType.parse(type)),
        time(parameters, "from"),
        time(parameters, "to"));
  }

  private @Nullable Instant time(QueryParams parameters, String name) {
    String text = parameters.get(name);
    return text == null ? null : parse(name, text, () -> AtTime.parse(text, clock.instant()));
  }

  private static boolean isTrue(QueryParams parameters, String name, boolean fallback) {
    String text = parameters.get(name);
    if (text == null) {
      return fallback;
    }

    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw RpcException.invalidArgument(name + ": '" + text + "' (expected: true or false)");
    };
  }

  private static <T> T parse(String name, String text, Supplier<T> parser) {
    try {
      return parser.get();
    } catch (IllegalArgumentException e) {
      throw new RpcException(
          RpcCode.INVALID_ARGUMENT, name + ": '" + text + "': " + e.getMessage(), e);
    }
  }

  /** A condition whose name is misspelt would delete more than was meant. */
  private static void checkNames(QueryParams parameters) {
    for (String name : parameters.names()) {
      if (!PARAMETERS.contains(name)) {
        throw RpcException.invalidArgument(
            "Unknown parameter '"
                + name
                + "' (expected: selector, profile_type, from, to, all, dry_run)");
      }

      List<String> values = parameters.getAll(name);
      if (values.size() > 1) {
        throw RpcException.invalidArgument(name + ": " + values + " (expected: once)");
      }
    }
  }
}
