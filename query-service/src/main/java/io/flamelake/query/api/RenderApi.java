/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.encoding.EncodingService;
import io.flamelake.model.Excerpt;
import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.model.Selector;
import io.flamelake.model.TenantId;
import io.flamelake.model.TypedSelector;
import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.model.flamegraph.FlameGraphDiffEncoder;
import io.flamelake.model.flamegraph.FlameGraphEncoder;
import io.flamelake.model.flamegraph.FunctionTable;
import io.flamelake.proto.querier.v1.FlameGraph;
import io.flamelake.query.ProfileSelection;
import io.flamelake.query.ProfileSeries;
import io.flamelake.query.QueryConfig;
import io.flamelake.query.SeriesAccumulator;
import io.flamelake.query.SeriesKey;
import io.flamelake.query.TimeGrid;
import io.flamelake.query.plan.PinnedProfiles;
import io.flamelake.rpc.AtTime;
import io.flamelake.rpc.RpcCode;
import io.flamelake.rpc.RpcException;
import io.flamelake.rpc.Tenants;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * The HTTP endpoints that came before the rpcs: {@code /pyroscope/render}, {@code
 * /pyroscope/render-diff} and {@code /pyroscope/label-values}. GET only.
 */
final class RenderApi {
  private static final String DEFAULT_FROM = "now-1h";
  private static final String DEFAULT_UNTIL = "now";
  private static final Pattern SECONDS = Pattern.compile("[1-9][0-9]{0,8}");
  private static final String ALL_GROUPS = "*";

  private final QueryRunner runner;
  private final LimitsByTenant limits;
  private final QueryConfig config;
  private final Tenants tenants;
  private final Clock clock;

  RenderApi(
      QueryRunner runner, LimitsByTenant limits, QueryConfig config, Tenants tenants, Clock clock) {
    this.runner = requireNonNull(runner, "runner");
    this.limits = requireNonNull(limits, "limits");
    this.config = requireNonNull(config, "config");
    this.tenants = requireNonNull(tenants, "tenants");
    this.clock = requireNonNull(clock, "clock");
  }

  /** Adds the endpoints to a server. */
  void addTo(ServerBuilder sb) {
    bind(sb, "/pyroscope/render", this::render);
    bind(sb, "/pyroscope/render-diff", this::renderDiff);
    bind(sb, "/pyroscope/label-values", this::labelValues);
  }

  private interface Endpoint {
    HttpResponse serve(ServiceRequestContext ctx, List<TenantId> callers, QueryParams params);
  }

  private void bind(ServerBuilder sb, String path, Endpoint endpoint) {
    HttpService service =
        (ctx, request) -> {
          if (request.method() != HttpMethod.GET) {
            return HttpResponse.of(
                ResponseHeaders.builder(HttpStatus.METHOD_NOT_ALLOWED)
                    .set(HttpHeaderNames.ALLOW, "GET")
                    .build());
          }

          List<TenantId> callers = tenants.resolveAll(request.headers());
          QueryParams params = ctx.queryParams();
          return HttpResponse.of(
              CompletableFuture.supplyAsync(
                  () -> endpoint.serve(ctx, callers, params), ctx.blockingTaskExecutor()));
        };
    sb.route()
        .path("exact:" + path)
        .requestTimeout(config.requestTimeout())
        .decorator(EncodingService.newDecorator())
        .build(service);
  }

  private HttpResponse render(
      ServiceRequestContext ctx, List<TenantId> callers, QueryParams params) {
    RequestLimits limit = limits.of(callers);
    TypedSelector query = RequestParser.renderQuery("query", params.get("query", ""));
    RequestRange range = range(limit, params, "from", "until");
    ProfileSelection profiles =
        new ProfileSelection(query.type(), query.selector(), range.toTimeRange());
    ExportedFile file = new ExportedFile(query.type(), range);
    return switch (params.get("format", "json")) {
      case "dot" -> file.dot(runner.run(ctx, callers, pinned -> pinned.callTree(profiles)));
      case "collapsed" -> {
        long maxNodes = maxExportedNodes(limit, params);
        yield file.collapsed(
            runner.run(ctx, callers, pinned -> pinned.callTree(profiles).truncated(maxNodes)));
      }
      case "speedscope" -> {
        long maxNodes = maxExportedNodes(limit, params);
        yield file.speedscope(
            runner.run(ctx, callers, pinned -> pinned.callTree(profiles).truncated(maxNodes)));
      }
      case "functions" -> {
        CallTree tree = runner.run(ctx, callers, pinned -> pinned.callTree(profiles));
        byte[] json = Flamebearer.functions(FunctionTable.of(tree), limit(params));
        yield HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, HttpData.wrap(json));
      }
      case "pprof" -> {
        PprofShape shape = new PprofShape(maxExportedNodes(limit, params), 0, true);
        yield file.pprof(
            runner.run(ctx, callers, pinned -> MergedPprof.of(pinned, profiles, range, shape)));
      }
      default -> renderJson(ctx, callers, params, profiles, range);
    };
  }

  private HttpResponse renderJson(
      ServiceRequestContext ctx,
      List<TenantId> callers,
      QueryParams params,
      ProfileSelection query,
      RequestRange range) {
    long maxNodes = maxNodes(limits.of(callers), params);
    List<String> groupBy = params.getAll("groupBy").stream().limit(1).toList();
    boolean isAverage = isAverage(params.get("aggregation", ""));
    TimeGrid grid = timelineGrid(range);
    byte[] json =
        runner.run(
            ctx,
            callers,
            profiles -> {
              FlameGraph graph = FlameGraphEncoder.encode(profiles.callTree(query), maxNodes);
              ProfileSeries timeline =
                  timeline(series(profiles, query, grid, List.of(), isAverage));
              Map<String, ProfileSeries> groups = new LinkedHashMap<>();
              if (groupBy.isEmpty()) {
                groups.put(ALL_GROUPS, timeline);
              } else {
                for (ProfileSeries group : series(profiles, query, grid, groupBy, isAverage)) {
                  String value = group.labels().value(groupBy.get(0));
                  groups.put(value.isEmpty() ? ALL_GROUPS : value, group);
                }
              }

              return Flamebearer.single(query.type(), graph, grid, timeline, groups);
            });
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, HttpData.wrap(json));
  }

  private HttpResponse renderDiff(
      ServiceRequestContext ctx, List<TenantId> callers, QueryParams params) {
    TypedSelector left = RequestParser.renderQuery("leftQuery", params.get("leftQuery", ""));
    TypedSelector right = RequestParser.renderQuery("rightQuery", params.get("rightQuery", ""));
    ProfileType type = left.type();
    if (!type.equals(right.type())) {
      throw RpcException.invalidArgument(
          "leftQuery and rightQuery have different profile types: "
              + Excerpt.start(type.id())
              + ", "
              + Excerpt.start(right.type().id()));
    }

    RequestLimits limit = limits.of(callers);
    RequestRange leftRange = range(limit, params, "leftFrom", "leftUntil");
    RequestRange rightRange = range(limit, params, "rightFrom", "rightUntil");
    ProfileSelection leftProfiles =
        new ProfileSelection(type, left.selector(), leftRange.toTimeRange());
    ProfileSelection rightProfiles =
        new ProfileSelection(type, right.selector(), rightRange.toTimeRange());
    long maxNodes = maxNodes(limit, params);
    byte[] json =
        runner.run(
            ctx,
            callers,
            profiles ->
                Flamebearer.difference(
                    type,
                    FlameGraphDiffEncoder.encode(
                        profiles.callTree(leftProfiles),
                        profiles.callTree(rightProfiles),
                        maxNodes)));
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, HttpData.wrap(json));
  }

  private HttpResponse labelValues(
      ServiceRequestContext ctx, List<TenantId> callers, QueryParams params) {
    String label = params.get("label", "");
    if (label.isEmpty()) {
      throw RpcException.invalidArgument("label is required");
    }

    Selector selector = RequestParser.matchers(params.getAll("query"));
    boolean hasRange = params.contains("from") || params.contains("until");
    RequestLimits limit = limits.of(callers);
    RequestRange range =
        hasRange ? range(limit, params, "from", "until") : limit.listingRange(0, 0);
    Set<SeriesKey> series =
        runner.run(
            ctx,
            callers,
            pinned ->
                pinned.collectSeries(selector, range.toTimeRange(), limit.maxSeries()).series());
    Set<String> values = new TreeSet<>();
    for (SeriesKey key : series) {
      String value = key.allLabels().value(label);
      if (!value.isEmpty()) {
        values.add(value);
      }
    }

    return HttpResponse.of(
        HttpStatus.OK, MediaType.JSON_UTF_8, HttpData.wrap(Flamebearer.strings(values)));
  }

  private RequestRange range(RequestLimits limit, QueryParams params, String from, String until) {
    Instant now = clock.instant();
    long start = millis(params, from, defaultFrom(params), now);
    // "until now" means what was acknowledged by now, in this very millisecond too.
    long end = millis(params, until, DEFAULT_UNTIL, now);
    return limit.dataRange(start, end == now.toEpochMilli() ? end + 1 : end);
  }

  /** {@code go tool pprof -seconds} can say nothing else about the time. */
  private static String defaultFrom(QueryParams params) {
    String seconds = params.get("seconds", "");
    if (seconds.isEmpty()) {
      return DEFAULT_FROM;
    }

    if (!SECONDS.matcher(seconds).matches()) {
      throw RpcException.invalidArgument(
          "seconds: '" + Excerpt.start(seconds) + "' (expected: a whole number above 0)");
    }

    return "now-" + seconds + 's';
  }

  private static long millis(QueryParams params, String name, String fallback, Instant now) {
    String text = params.get(name, "");
    try {
      return AtTime.parse(text.isBlank() ? fallback : text, now).toEpochMilli();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, name + ": " + e.getMessage(), e);
    }
  }

  /** What is no number is ignored, as older clients expect. */
  private static long maxNodes(RequestLimits limit, QueryParams params) {
    return limit.maxNodes(requestedNodes(params));
  }

  /** A file holds everything unless its request says otherwise. */
  private static long maxExportedNodes(RequestLimits limit, QueryParams params) {
    return limit.maxPprofNodes(requestedNodes(params));
  }

  private static long requestedNodes(QueryParams params) {
    String text = params.get("max-nodes", params.get("maxNodes", ""));
    try {
      return Math.max(0, Long.parseLong(text));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** What is no number is ignored. */
  private static int limit(QueryParams params) {
    try {
      return RequestParser.limit(Long.parseLong(params.get("limit", "")));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static boolean isAverage(String aggregation) {
    return aggregation.equals("avg") || aggregation.equals("average");
  }

  /** Points at whole steps of the clock, so that a chart does not jitter as time goes on. */
  private static TimeGrid timelineGrid(RequestRange range) {
    long stepMillis = TimelineInterval.ofRange(range) * 1_000;
    long start = Math.floorDiv(range.startMillis(), stepMillis) * stepMillis;
    long end = -Math.floorDiv(-range.endMillis(), stepMillis) * stepMillis;
    return new TimeGrid(start, Math.max(start, end), stepMillis);
  }

  private static List<ProfileSeries> series(
      PinnedProfiles profiles,
      ProfileSelection query,
      TimeGrid grid,
      List<String> groupBy,
      boolean isAverage) {
    SeriesAccumulator accumulator = new SeriesAccumulator(grid, groupBy);
    profiles.sumSeries(query, accumulator);
    return isAverage ? accumulator.averages(0) : accumulator.sums(0);
  }

  private static ProfileSeries timeline(List<ProfileSeries> series) {
    return series.isEmpty()
        ? new ProfileSeries(LabelSet.EMPTY, new long[0], new double[0])
        : series.get(0);
  }
}
