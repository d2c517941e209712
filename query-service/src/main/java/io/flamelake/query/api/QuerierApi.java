/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.linecorp.armeria.server.ServerBuilder;
import io.flamelake.model.Label;
import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.model.Selector;
import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.model.flamegraph.DotGraph;
import io.flamelake.model.flamegraph.FlameGraphDiffEncoder;
import io.flamelake.model.flamegraph.FlameGraphEncoder;
import io.flamelake.model.flamegraph.TreeBytes;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.querier.v1.AnalyzeQueryRequest;
import io.flamelake.proto.querier.v1.AnalyzeQueryResponse;
import io.flamelake.proto.querier.v1.DiffRequest;
import io.flamelake.proto.querier.v1.DiffResponse;
import io.flamelake.proto.querier.v1.FlameGraphDiff;
import io.flamelake.proto.querier.v1.PprofProfile;
import io.flamelake.proto.querier.v1.ProfileFormat;
import io.flamelake.proto.querier.v1.ProfileTypesRequest;
import io.flamelake.proto.querier.v1.ProfileTypesResponse;
import io.flamelake.proto.querier.v1.QueryImpact;
import io.flamelake.proto.querier.v1.QueryScope;
import io.flamelake.proto.querier.v1.SelectHeatmapRequest;
import io.flamelake.proto.querier.v1.SelectHeatmapResponse;
import io.flamelake.proto.querier.v1.SelectMergeProfileRequest;
import io.flamelake.proto.querier.v1.SelectMergeSpanProfileRequest;
import io.flamelake.proto.querier.v1.SelectMergeSpanProfileResponse;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import io.flamelake.proto.querier.v1.SelectSeriesRequest;
import io.flamelake.proto.querier.v1.SelectSeriesResponse;
import io.flamelake.proto.querier.v1.SeriesRequest;
import io.flamelake.proto.querier.v1.SeriesResponse;
import io.flamelake.proto.types.v1.GetProfileStatsRequest;
import io.flamelake.proto.types.v1.GetProfileStatsResponse;
import io.flamelake.proto.types.v1.LabelNamesRequest;
import io.flamelake.proto.types.v1.LabelNamesResponse;
import io.flamelake.proto.types.v1.LabelValuesRequest;
import io.flamelake.proto.types.v1.LabelValuesResponse;
import io.flamelake.proto.types.v1.Labels;
import io.flamelake.proto.types.v1.StackTraceSelector;
import io.flamelake.query.ProfileSelection;
import io.flamelake.query.ProfileStats;
import io.flamelake.query.QueryConfig;
import io.flamelake.query.SampleSelector;
import io.flamelake.query.SeriesKey;
import io.flamelake.query.plan.PinnedProfiles;
import io.flamelake.rpc.RpcContext;
import io.flamelake.rpc.RpcException;
import io.flamelake.rpc.RpcService;
import io.flamelake.rpc.RpcServiceBuilder;
import io.flamelake.rpc.Tenants;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * {@code querier.v1.QuerierService}. Each method checks its request, asks one question of one
 * pinned version and encodes the whole answer; a failure on the way is an error, never a smaller
 * answer.
 *
 * <p>Methods of the service that are not here answer {@code unimplemented}.
 */
final class QuerierApi {
  static final String SERVICE = "querier.v1.QuerierService";

  private static final String ANALYZED_COMPONENT = "Tables and hot tail";
  private static final long MICROS_PER_MILLI = 1_000;

  private final QueryRunner runner;
  private final AsyncStacktraces asyncStacktraces;
  private final LimitsByTenant limits;
  private final QueryConfig config;
  private final Tenants tenants;
  private final TimeSeriesApi timeSeries;

  QuerierApi(
      QueryRunner runner,
      AsyncStacktraces asyncStacktraces,
      LimitsByTenant limits,
      QueryConfig config,
      Tenants tenants) {
    this.runner = requireNonNull(runner, "runner");
    this.asyncStacktraces = requireNonNull(asyncStacktraces, "asyncStacktraces");
    this.limits = requireNonNull(limits, "limits");
    this.config = requireNonNull(config, "config");
    this.tenants = requireNonNull(tenants, "tenants");
    this.timeSeries = new TimeSeriesApi(runner, limits);
  }

  /** Adds the service to a server. */
  void addTo(ServerBuilder sb) {
    RpcServiceBuilder service =
        RpcService.builder(SERVICE, tenants).requestTimeout(config.requestTimeout()).joinsTenants();
    add(
        service,
        "ProfileTypes",
        ProfileTypesRequest.getDefaultInstance(),
        ProfileTypesResponse.getDefaultInstance(),
        this::profileTypes);
    add(
        service,
        "LabelNames",
        LabelNamesRequest.getDefaultInstance(),
        LabelNamesResponse.getDefaultInstance(),
        this::labelNames);
    add(
        service,
        "LabelValues",
        LabelValuesRequest.getDefaultInstance(),
        LabelValuesResponse.getDefaultInstance(),
        this::labelValues);
    add(
        service,
        "Series",
        SeriesRequest.getDefaultInstance(),
        SeriesResponse.getDefaultInstance(),
        this::series);
    add(
        service,
        "SelectMergeStacktraces",
        SelectMergeStacktracesRequest.getDefaultInstance(),
        SelectMergeStacktracesResponse.getDefaultInstance(),
        this::selectMergeStacktraces);
    add(
        service,
        "SelectMergeProfile",
        SelectMergeProfileRequest.getDefaultInstance(),
        Profile.getDefaultInstance(),
        this::selectMergeProfile);
    add(
        service,
        "SelectSeries",
        SelectSeriesRequest.getDefaultInstance(),
        SelectSeriesResponse.getDefaultInstance(),
        timeSeries::selectSeries);
    add(
        service,
        "SelectHeatmap",
        SelectHeatmapRequest.getDefaultInstance(),
        SelectHeatmapResponse.getDefaultInstance(),
        timeSeries::selectHeatmap);
    add(
        service,
        "SelectMergeSpanProfile",
        SelectMergeSpanProfileRequest.getDefaultInstance(),
        SelectMergeSpanProfileResponse.getDefaultInstance(),
        this::selectMergeSpanProfile);
    add(
        service,
        "Diff",
        DiffRequest.getDefaultInstance(),
        DiffResponse.getDefaultInstance(),
        this::diff);
    add(
        service,
        "GetProfileStats",
        GetProfileStatsRequest.getDefaultInstance(),
        GetProfileStatsResponse.getDefaultInstance(),
        this::profileStats);
    add(
        service,
        "AnalyzeQuery",
        AnalyzeQueryRequest.getDefaultInstance(),
        AnalyzeQueryResponse.getDefaultInstance(),
        this::analyzeQuery);
    service.build().addTo(sb);
  }

  private static <Q extends Message, R extends Message> void add(
      RpcServiceBuilder service,
      String method,
      Q request,
      R response,
      BiFunction<RpcContext, Q, R> handler) {
    service.unary(
        method,
        request,
        response,
        (ctx, message) -> CompletableFuture.completedFuture(handler.apply(ctx, message)));
  }

  private ProfileTypesResponse profileTypes(RpcContext ctx, ProfileTypesRequest request) {
    ProfileTypesResponse.Builder response = ProfileTypesResponse.newBuilder();
    if (request.getEnd() < 0) {
      // Clients send such ranges and expect an empty list rather than an error.
      return response.build();
    }

    RequestRange range =
        limits.of(ctx.tenants()).listingRange(request.getStart(), request.getEnd());
    Set<ProfileType> types = new TreeSet<>();
    for (SeriesKey key : seriesKeys(ctx, Selector.ALL, range)) {
      types.add(key.type());
    }

    for (ProfileType type : types) {
      response
          .addProfileTypesBuilder()
          .setID(type.id())
          .setName(type.name())
          .setSampleType(type.sampleType())
          .setSampleUnit(type.sampleUnit())
          .setPeriodType(type.periodType())
          .setPeriodUnit(type.periodUnit());
    }

    return response.build();
  }

  private LabelNamesResponse labelNames(RpcContext ctx, LabelNamesRequest request) {
    Selector selector = RequestParser.matchers(request.getMatchersList());
    RequestRange range =
        limits.of(ctx.tenants()).listingRange(request.getStart(), request.getEnd());
    LabelNameFilter filter = LabelNameFilter.of(ctx.http().request().headers());
    Set<String> names = new TreeSet<>();
    for (SeriesKey key : seriesKeys(ctx, selector, range)) {
      for (Label label : key.allLabels().labels()) {
        names.add(label.name());
      }
    }

    return LabelNamesResponse.newBuilder()
        .addAllNames(names.stream().filter(filter::shows).toList())
        .build();
  }

  private LabelValuesResponse labelValues(RpcContext ctx, LabelValuesRequest request) {
    if (request.getName().isEmpty()) {
      throw RpcException.invalidArgument("name is required");
    }

    Selector selector = RequestParser.matchers(request.getMatchersList());
    RequestRange range =
        limits.of(ctx.tenants()).listingRange(request.getStart(), request.getEnd());
    return LabelValuesResponse.newBuilder()
        .addAllNames(labelValues(ctx, request.getName(), selector, range))
        .build();
  }

  private Set<String> labelValues(
      RpcContext ctx, String name, Selector selector, RequestRange range) {
    Set<String> values = new TreeSet<>();
    for (SeriesKey key : seriesKeys(ctx, selector, range)) {
      String value = key.allLabels().findValue(name);
      if (value != null) {
        values.add(value);
      }
    }

    return values;
  }

  private SeriesResponse series(RpcContext ctx, SeriesRequest request) {
    Selector selector = RequestParser.matchers(request.getMatchersList());
    RequestRange range =
        limits.of(ctx.tenants()).listingRange(request.getStart(), request.getEnd());
    LabelNameFilter filter = LabelNameFilter.of(ctx.http().request().headers());
    Set<LabelSet> labelSets = new TreeSet<>(LabelOrder.BY_NAMES_AND_VALUES);
    for (SeriesKey key : seriesKeys(ctx, selector, range)) {
      LabelSet labels = key.allLabels();
      LabelSet shown =
          filter.shown(
              request.getLabelNamesCount() == 0
                  ? labels
                  : labels.project(request.getLabelNamesList()));
      if (!shown.isEmpty()) {
        labelSets.add(shown);
      }
    }

    SeriesResponse.Builder response = SeriesResponse.newBuilder();
    for (LabelSet labels : labelSets) {
      response.addLabelsSet(
          Labels.newBuilder().addAllLabels(TimeSeriesMessages.labelPairs(labels)));
    }

    return response.build();
  }

  private Collection<SeriesKey> seriesKeys(RpcContext ctx, Selector selector, RequestRange range) {
    if (range.isEmpty()) {
      return List.of();
    }

    return ask(
        ctx,
        profiles ->
            profiles
                .collectSeries(selector, range.toTimeRange(), limits.of(ctx.tenants()).maxSeries())
                .series());
  }

  private SelectMergeStacktracesResponse selectMergeStacktraces(
      RpcContext ctx, SelectMergeStacktracesRequest request) {
    if (AsyncStacktraces.isPoll(request.getAsync())) {
      return asyncStacktraces.poll(ctx.tenants(), request.getAsync().getRequestId());
    }

    StackQuery query = stackQuery(ctx, request);
    Function<PinnedProfiles, SelectMergeStacktracesResponse> question =
        profiles -> stacktraces(profiles, query, request);
    return AsyncStacktraces.isAsync(request.getAsync())
        ? asyncStacktraces.start(
            ctx.tenants(), cancellation -> runner.run(cancellation, ctx.tenants(), question))
        : ask(ctx, question);
  }

  private static SelectMergeStacktracesResponse stacktraces(
      PinnedProfiles profiles, StackQuery query, SelectMergeStacktracesRequest request) {
    SelectMergeStacktracesResponse.Builder response = SelectMergeStacktracesResponse.newBuilder();
    if (request.getFormat() == ProfileFormat.PROFILE_FORMAT_PPROF) {
      // Its number of nodes is limited on request only.
      PprofShape shape = PprofShape.of(request.getStackTraceSelector(), request.getMaxNodes());
      Profile pprof = MergedPprof.of(profiles, query.selection, query.range, shape);
      return response.setPprof(PprofProfile.newBuilder().setProfile(pprof)).build();
    }

    CallTree tree = profiles.callTree(query.selection);
    return switch (request.getFormat()) {
      case PROFILE_FORMAT_TREE ->
          response.setTree(ByteString.copyFrom(TreeBytes.encode(tree, query.maxNodes))).build();
      case PROFILE_FORMAT_DOT ->
          response.setDot(DotGraph.encode(tree, query.selection.type().sampleUnit())).build();
      default -> response.setFlamegraph(FlameGraphEncoder.encode(tree, query.maxNodes)).build();
    };
  }

  private SelectMergeSpanProfileResponse selectMergeSpanProfile(
      RpcContext ctx, SelectMergeSpanProfileRequest request) {
    StackQuery query =
        stackQuery(
            ctx,
            SelectMergeStacktracesRequest.newBuilder()
                .setProfileTypeID(request.getProfileTypeID())
                .setLabelSelector(request.getLabelSelector())
                .setStart(request.getStart())
                .setEnd(request.getEnd())
                .setMaxNodes(request.getMaxNodes())
                .addAllSpanSelector(request.getSpanSelectorList())
                .build());
    CallTree tree = ask(ctx, profiles -> profiles.callTree(query.selection));
    SelectMergeSpanProfileResponse.Builder response = SelectMergeSpanProfileResponse.newBuilder();
    return request.getFormat() == ProfileFormat.PROFILE_FORMAT_TREE
        ? response.setTree(ByteString.copyFrom(TreeBytes.encode(tree, query.maxNodes))).build()
        : response.setFlamegraph(FlameGraphEncoder.encode(tree, query.maxNodes)).build();
  }

  private Profile selectMergeProfile(RpcContext ctx, SelectMergeProfileRequest request) {
    RequestLimits limit = limits.of(ctx.tenants());
    PprofShape shape =
        PprofShape.of(request.getStackTraceSelector(), limit.maxPprofNodes(request.getMaxNodes()));
    SampleSelector samples =
        RequestParser.samples(
            RequestParser.withoutGoPgo(request.getStackTraceSelector()),
            request.getProfileIdSelectorList(),
            request.getTraceIdSelectorList(),
            List.of());
    ProfileType type = RequestParser.profileType(request.getProfileTypeID());
    Selector selector = RequestParser.labelSelector(request.getLabelSelector());
    RequestRange range = limit.dataRange(request.getStart(), request.getEnd());
    ProfileSelection query = new ProfileSelection(type, selector, range.toTimeRange(), samples);
    return ask(ctx, profiles -> MergedPprof.of(profiles, query, range, shape));
  }

  private DiffResponse diff(RpcContext ctx, DiffRequest request) {
    if (!request.hasLeft() || !request.hasRight()) {
      throw RpcException.invalidArgument("left and right are both required");
    }

    StackQuery left = stackQuery(ctx, request.getLeft());
    StackQuery right = stackQuery(ctx, request.getRight());
    FlameGraphDiff difference =
        ask(
            ctx,
            profiles ->
                FlameGraphDiffEncoder.encode(
                    profiles.callTree(left.selection),
                    profiles.callTree(right.selection),
                    Math.max(left.maxNodes, right.maxNodes)));
    return DiffResponse.newBuilder().setFlamegraph(difference).build();
  }

  private GetProfileStatsResponse profileStats(RpcContext ctx, GetProfileStatsRequest request) {
    ProfileStats stats = ask(ctx, PinnedProfiles::stats);
    return GetProfileStatsResponse.newBuilder()
        .setDataIngested(stats.dataIngested())
        .setOldestProfileTime(Math.floorDiv(stats.oldestMicros(), MICROS_PER_MILLI))
        .setNewestProfileTime(Math.floorDiv(stats.newestMicros(), MICROS_PER_MILLI))
        .build();
  }

  /** Tells how many series a query reads; what that takes in bytes is not estimated. */
  private AnalyzeQueryResponse analyzeQuery(RpcContext ctx, AnalyzeQueryRequest request) {
    Selector selector = RequestParser.analyzedQuery(request.getQuery());
    RequestRange range = limits.of(ctx.tenants()).dataRange(request.getStart(), request.getEnd());
    int series = seriesKeys(ctx, selector, range).size();
    return AnalyzeQueryResponse.newBuilder()
        .addQueryScopes(
            QueryScope.newBuilder()
                .setComponentType(ANALYZED_COMPONENT)
                .setComponentCount(1)
                .setSeriesCount(series))
        .setQueryImpact(QueryImpact.newBuilder().setTotalQueriedSeries(series))
        .build();
  }

  private record StackQuery(ProfileSelection selection, RequestRange range, long maxNodes) {}

  private StackQuery stackQuery(RpcContext ctx, SelectMergeStacktracesRequest request) {
    StackTraceSelector stackTraces = request.getStackTraceSelector();
    SampleSelector samples =
        RequestParser.samples(
            request.getFormat() == ProfileFormat.PROFILE_FORMAT_PPROF
                ? RequestParser.withoutGoPgo(stackTraces)
                : stackTraces,
            request.getProfileIdSelectorList(),
            request.getTraceIdSelectorList(),
            request.getSpanSelectorList());
    ProfileType type = RequestParser.profileType(request.getProfileTypeID());
    Selector selector = RequestParser.labelSelector(request.getLabelSelector());
    RequestLimits limit = limits.of(ctx.tenants());
    RequestRange range = limit.dataRange(request.getStart(), request.getEnd());
    return new StackQuery(
        new ProfileSelection(type, selector, range.toTimeRange(), samples),
        range,
        limit.maxNodes(request.getMaxNodes()));
  }

  private <T> T ask(RpcContext ctx, Function<PinnedProfiles, T> question) {
    return runner.run(ctx.http(), ctx.tenants(), question);
  }
}
