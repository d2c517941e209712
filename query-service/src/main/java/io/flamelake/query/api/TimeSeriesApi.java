/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.ProfileType;
import io.flamelake.model.Selector;
import io.flamelake.proto.querier.v1.HeatmapQueryType;
import io.flamelake.proto.querier.v1.SelectHeatmapRequest;
import io.flamelake.proto.querier.v1.SelectHeatmapResponse;
import io.flamelake.proto.querier.v1.SelectSeriesRequest;
import io.flamelake.proto.querier.v1.SelectSeriesResponse;
import io.flamelake.proto.types.v1.ExemplarType;
import io.flamelake.proto.types.v1.TimeSeriesAggregationType;
import io.flamelake.query.HeatmapAccumulator;
import io.flamelake.query.HeatmapAccumulator.Exemplars;
import io.flamelake.query.HeatmapBuckets;
import io.flamelake.query.ProfileSelection;
import io.flamelake.query.ProfileSeries;
import io.flamelake.query.SampleSelector;
import io.flamelake.query.SeriesAccumulator;
import io.flamelake.query.SeriesExemplars;
import io.flamelake.query.TimeGrid;
import io.flamelake.query.ValueRange;
import io.flamelake.query.plan.PinnedProfiles;
import io.flamelake.rpc.RpcCode;
import io.flamelake.rpc.RpcContext;
import io.flamelake.rpc.RpcException;
import java.util.List;
import java.util.function.Supplier;

/** The methods of {@code querier.v1.QuerierService} that answer with values over time. */
final class TimeSeriesApi {
  private final QueryRunner runner;
  private final LimitsByTenant limits;

  TimeSeriesApi(QueryRunner runner, LimitsByTenant limits) {
    this.runner = requireNonNull(runner, "runner");
    this.limits = requireNonNull(limits, "limits");
  }

  SelectSeriesResponse selectSeries(RpcContext ctx, SelectSeriesRequest request) {
    if (request.getExemplarType() == ExemplarType.EXEMPLAR_TYPE_SPAN) {
      throw new RpcException(
          RpcCode.UNIMPLEMENTED, "Span exemplars are not supported by SelectSeries");
    }

    SampleSelector samples =
        RequestParser.samples(request.getStackTraceSelector(), List.of(), List.of(), List.of());
    ProfileType type = RequestParser.profileType(request.getProfileTypeID());
    Selector selector = RequestParser.labelSelector(request.getLabelSelector());
    long stepMillis = RequestParser.stepMillis(request.getStep());
    RequestRange range = limits.of(ctx.tenants()).dataRange(request.getStart(), request.getEnd());
    if (range.isEmpty()) {
      return SelectSeriesResponse.getDefaultInstance();
    }

    TimeGrid grid =
        checked(stepMillis, () -> new TimeGrid(range.startMillis(), range.endMillis(), stepMillis));
    ProfileSelection selection = new ProfileSelection(type, selector, grid.range(), samples);
    return runner.run(
        ctx.http(), ctx.tenants(), profiles -> series(profiles, selection, grid, request));
  }

  private static SelectSeriesResponse series(
      PinnedProfiles profiles,
      ProfileSelection selection,
      TimeGrid grid,
      SelectSeriesRequest request) {
    List<String> groupBy = request.getGroupByList();
    SeriesAccumulator sums = new SeriesAccumulator(grid, groupBy);
    profiles.sumSeries(selection, sums);
    int limit = RequestParser.limit(request.getLimit());
    List<ProfileSeries> found =
        request.getAggregation() == TimeSeriesAggregationType.TIME_SERIES_AGGREGATION_TYPE_AVERAGE
            ? sums.averages(limit)
            : sums.sums(limit);
    if (request.getExemplarType() != ExemplarType.EXEMPLAR_TYPE_INDIVIDUAL) {
      return TimeSeriesMessages.series(found);
    }

    SeriesExemplars exemplars = new SeriesExemplars(grid, selection.type(), groupBy, found);
    profiles.visitProfiles(selection, exemplars);
    return TimeSeriesMessages.series(found, exemplars, groupBy);
  }

  SelectHeatmapResponse selectHeatmap(RpcContext ctx, SelectHeatmapRequest request) {
    boolean bySpan = request.getQueryType() == HeatmapQueryType.HEATMAP_QUERY_TYPE_SPAN;
    if (request.getExemplarType() == ExemplarType.EXEMPLAR_TYPE_SPAN && !bySpan) {
      throw RpcException.invalidArgument(
          "exemplar_type: EXEMPLAR_TYPE_SPAN (expected: only with HEATMAP_QUERY_TYPE_SPAN)");
    }

    ProfileType type = RequestParser.profileType(request.getProfileTypeID());
    Selector selector = RequestParser.labelSelector(request.getLabelSelector());
    long stepMillis = RequestParser.stepMillis(request.getStep());
    if (request.getStart() != 0 && request.getStart() == request.getEnd()) {
      throw RpcException.invalidArgument("query start time is not before end time");
    }

    RequestRange range = limits.of(ctx.tenants()).dataRange(request.getStart(), request.getEnd());
    if (range.isEmpty()) {
      return SelectHeatmapResponse.getDefaultInstance();
    }

    TimeGrid grid =
        checked(
            stepMillis,
            () -> TimeGrid.covering(range.startMillis(), range.endMillis(), stepMillis));
    ProfileSelection selection = new ProfileSelection(type, selector, range.toTimeRange());
    return runner.run(
        ctx.http(),
        ctx.tenants(),
        profiles ->
            bySpan
                ? spanHeatmap(profiles, selection, grid, request)
                : profileHeatmap(profiles, selection, grid, request));
  }

  private static SelectHeatmapResponse profileHeatmap(
      PinnedProfiles profiles,
      ProfileSelection selection,
      TimeGrid grid,
      SelectHeatmapRequest request) {
    ValueRange values = new ValueRange();
    profiles.visitProfiles(selection, (profile, value) -> values.add(value));
    HeatmapBuckets buckets = values.toBuckets();
    if (buckets == null) {
      return SelectHeatmapResponse.getDefaultInstance();
    }

    HeatmapAccumulator heatmaps = accumulator(selection, grid, buckets, request);
    profiles.visitProfiles(selection, heatmaps);
    return response(heatmaps, buckets, request);
  }

  private static SelectHeatmapResponse spanHeatmap(
      PinnedProfiles profiles,
      ProfileSelection selection,
      TimeGrid grid,
      SelectHeatmapRequest request) {
    ValueRange values = new ValueRange();
    profiles.visitSpans(selection, (profile, traceId, spanId, value) -> values.add(value));
    HeatmapBuckets buckets = values.toBuckets();
    if (buckets == null) {
      return SelectHeatmapResponse.getDefaultInstance();
    }

    HeatmapAccumulator heatmaps = accumulator(selection, grid, buckets, request);
    profiles.visitSpans(selection, heatmaps);
    return response(heatmaps, buckets, request);
  }

  private static HeatmapAccumulator accumulator(
      ProfileSelection selection,
      TimeGrid grid,
      HeatmapBuckets buckets,
      SelectHeatmapRequest request) {
    Exemplars exemplars =
        switch (request.getExemplarType()) {
          case EXEMPLAR_TYPE_INDIVIDUAL, EXEMPLAR_TYPE_SPAN -> Exemplars.BEST_OF_CELL;
          default -> Exemplars.NONE;
        };
    return new HeatmapAccumulator(
        grid, selection.type(), request.getGroupByList(), buckets, exemplars);
  }

  private static SelectHeatmapResponse response(
      HeatmapAccumulator heatmaps, HeatmapBuckets buckets, SelectHeatmapRequest request) {
    return TimeSeriesMessages.heatmaps(
        heatmaps.heatmaps(RequestParser.limit(request.getLimit())),
        buckets,
        request.getGroupByList(),
        request.getExemplarType());
  }

  private static TimeGrid checked(long stepMillis, Supplier<TimeGrid> grid) {
    try {
      return grid.get();
    } catch (IllegalArgumentException e) {
      throw new RpcException(
          RpcCode.INVALID_ARGUMENT,
          "step: " + stepMillis + " ms makes too many points (max " + TimeGrid.MAX_POINTS + ")",
          e);
    }
  }
}
