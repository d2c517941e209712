/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import io.flamelake.model.Label;
import io.flamelake.model.LabelSet;
import io.flamelake.proto.querier.v1.SelectHeatmapResponse;
import io.flamelake.proto.querier.v1.SelectSeriesResponse;
import io.flamelake.proto.types.v1.Exemplar;
import io.flamelake.proto.types.v1.ExemplarType;
import io.flamelake.proto.types.v1.HeatmapSeries;
import io.flamelake.proto.types.v1.HeatmapSlot;
import io.flamelake.proto.types.v1.LabelPair;
import io.flamelake.proto.types.v1.Point;
import io.flamelake.proto.types.v1.Series;
import io.flamelake.query.Heatmap;
import io.flamelake.query.HeatmapBuckets;
import io.flamelake.query.ProfileExemplar;
import io.flamelake.query.ProfileSeries;
import io.flamelake.query.SampleSelector.TraceId;
import io.flamelake.query.SeriesExemplars;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.BiConsumer;

/** Writes values over time as the protocol's messages. */
final class TimeSeriesMessages {
  private static final long MICROS_PER_MILLI = 1_000;

  private TimeSeriesMessages() {}

  static SelectSeriesResponse series(List<ProfileSeries> series) {
    return series(series, (labels, point) -> {});
  }

  static SelectSeriesResponse series(
      List<ProfileSeries> series, SeriesExemplars exemplars, List<String> groupBy) {
    return series(
        series,
        (labels, point) -> {
          ProfileExemplar exemplar = exemplars.find(labels, point.getTimestamp());
          if (exemplar != null) {
            point.addExemplars(profileExemplar(exemplar, groupBy));
          }
        });
  }

  private static SelectSeriesResponse series(
      List<ProfileSeries> found, BiConsumer<LabelSet, Point.Builder> addExemplars) {
    SelectSeriesResponse.Builder response = SelectSeriesResponse.newBuilder();
    for (ProfileSeries series : found) {
      Series.Builder message = Series.newBuilder().addAllLabels(labelPairs(series.labels()));
      for (int i = 0; i < series.timesMillis().length; i++) {
        Point.Builder point =
            Point.newBuilder().setTimestamp(series.timesMillis()[i]).setValue(series.values()[i]);
        addExemplars.accept(series.labels(), point);
        message.addPoints(point);
      }

      response.addSeries(message);
    }

    return response.build();
  }

  /**
   * @param exemplars whether exemplars are told as profiles or as spans
   */
  static SelectHeatmapResponse heatmaps(
      List<Heatmap> heatmaps,
      HeatmapBuckets buckets,
      List<String> groupBy,
      ExemplarType exemplars) {
    List<Double> bounds = new ArrayList<>();
    for (int bucket = 0; bucket < HeatmapBuckets.COUNT; bucket++) {
      bounds.add(buckets.lowerBound(bucket));
    }

    SelectHeatmapResponse.Builder response = SelectHeatmapResponse.newBuilder();
    for (Heatmap heatmap : heatmaps) {
      HeatmapSeries.Builder series =
          HeatmapSeries.newBuilder().addAllLabels(labelPairs(heatmap.labels()));
      for (Heatmap.Slot slot : heatmap.slots()) {
        HeatmapSlot.Builder message =
            series.addSlotsBuilder().setTimestamp(slot.timeMillis()).addAllYMin(bounds);
        for (int count : slot.counts()) {
          message.addCounts(count);
        }

        for (ProfileExemplar exemplar : slot.exemplars()) {
          message.addExemplars(
              exemplars == ExemplarType.EXEMPLAR_TYPE_SPAN
                  ? spanExemplar(exemplar, groupBy)
                  : profileExemplar(exemplar, groupBy));
        }
      }

      response.addSeries(series);
    }

    return response.build();
  }

  private static Exemplar.Builder profileExemplar(ProfileExemplar exemplar, List<String> groupBy) {
    return Exemplar.newBuilder()
        .setTimestamp(Math.floorDiv(exemplar.profile().timeMicros(), MICROS_PER_MILLI))
        .setProfileId(exemplar.profile().id().toString())
        .setValue(exemplar.value())
        .addAllLabels(labelPairs(without(exemplar.profile().labels(), groupBy)));
  }

  private static Exemplar.Builder spanExemplar(ProfileExemplar exemplar, List<String> groupBy) {
    HexFormat hex = HexFormat.of();
    TraceId trace = exemplar.traceId();
    return profileExemplar(exemplar, groupBy)
        .setSpanId(hex.toHexDigits(exemplar.spanId()))
        .setTraceId(
            trace.equals(TraceId.NONE)
                ? ""
                : hex.toHexDigits(trace.high()) + hex.toHexDigits(trace.low()));
  }

  /** The labels that the series do not say already. */
  private static LabelSet without(LabelSet labels, List<String> names) {
    return LabelSet.of(
        labels.labels().stream().filter(label -> !names.contains(label.name())).toList());
  }

  static List<LabelPair> labelPairs(LabelSet labels) {
    return labels.labels().stream().map(TimeSeriesMessages::labelPair).toList();
  }

  private static LabelPair labelPair(Label label) {
    return LabelPair.newBuilder().setName(label.name()).setValue(label.value()).build();
  }
}
