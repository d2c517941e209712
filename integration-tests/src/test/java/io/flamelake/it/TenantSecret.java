/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.flamelake.model.Label;
import io.flamelake.model.LabelSet;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.model.pprof.PprofFrame;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.RawProfileSeries;
import io.flamelake.proto.querier.v1.DiffRequest;
import io.flamelake.proto.querier.v1.HeatmapQueryType;
import io.flamelake.proto.querier.v1.ProfileFormat;
import io.flamelake.proto.querier.v1.ProfileTypesRequest;
import io.flamelake.proto.querier.v1.SelectHeatmapRequest;
import io.flamelake.proto.querier.v1.SelectMergeProfileRequest;
import io.flamelake.proto.querier.v1.SelectMergeSpanProfileRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesRequest;
import io.flamelake.proto.querier.v1.SelectSeriesRequest;
import io.flamelake.proto.querier.v1.SeriesRequest;
import io.flamelake.proto.types.v1.ExemplarType;
import io.flamelake.proto.types.v1.LabelNamesRequest;
import io.flamelake.proto.types.v1.LabelValuesRequest;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A word that is in everything one tenant wrote, and in nothing else: a function, a label name, a
 * label value, the service and the profile type. It is asked for in every way there is to read.
 */
record TenantSecret(int number) {
  private static final String SPAN = "00000000000000a1";

  /** A question, and the word that its answer holds if it may. */
  record Question(String name, String method, String path, byte[] body, String word) {

    boolean isAnsweredTo(FlamelakeClient client) {
      HttpResponse<byte[]> response =
          method.equals("GET") ? client.get(path) : client.post(path, "application/proto", body);
      String text = new String(response.body(), ISO_8859_1);
      assertThat(response.statusCode()).as("%s: %s", name, text).isEqualTo(200);
      return text.contains(word);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  PushRequest pushRequest() {
    byte[] pprof =
        new PprofBuilder()
            .addSampleType("kind_" + word(), "count")
            .timeNanos(TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()))
            .addSample(
                List.of(PprofFrame.of("leaf_" + word()), PprofFrame.of("main")),
                LabelSet.of(List.of(new Label("span_id", SPAN))),
                number + 1)
            .toByteArray();
    return PushRequests.of(
        RawProfileSeries.newBuilder()
            .addLabels(PushRequests.label("__name__", "profile_" + word()))
            .addLabels(PushRequests.label("service_name", "service_" + word()))
            .addLabels(PushRequests.label("label_" + word(), "value_" + word()))
            .addSamples(PushRequests.sample(UUID.randomUUID().toString(), pprof))
            .build());
  }

  private String word() {
    return "secret" + number;
  }

  private String type() {
    return "profile_" + word() + ":kind_" + word() + ":count::";
  }

  /** Every way to read what was pushed, by somebody who knows what to ask for. */
  List<Question> questions() {
    List<Question> questions = new ArrayList<>();
    addStacktraces(questions);
    addSeries(questions);
    addListings(questions);
    addGets(questions);
    return questions;
  }

  private void addStacktraces(List<Question> questions) {
    String leaf = "leaf_" + word();
    SelectMergeStacktracesRequest stacktraces =
        SelectMergeStacktracesRequest.newBuilder()
            .setProfileTypeID(type())
            .setLabelSelector("{}")
            .setStart(CpuQueries.rangeStart())
            .setEnd(CpuQueries.rangeEnd())
            .build();
    for (ProfileFormat format :
        List.of(
            ProfileFormat.PROFILE_FORMAT_FLAMEGRAPH,
            ProfileFormat.PROFILE_FORMAT_DOT,
            ProfileFormat.PROFILE_FORMAT_TREE,
            ProfileFormat.PROFILE_FORMAT_PPROF)) {
      questions.add(
          rpc("SelectMergeStacktraces", stacktraces.toBuilder().setFormat(format).build(), leaf));
    }

    questions.add(
        rpc("SelectMergeStacktraces", stacktraces.toBuilder().addSpanSelector(SPAN).build(), leaf));
    questions.add(
        rpc(
            "Diff",
            DiffRequest.newBuilder().setLeft(stacktraces).setRight(stacktraces).build(),
            leaf));
    questions.add(
        rpc(
            "SelectMergeProfile",
            SelectMergeProfileRequest.newBuilder()
                .setProfileTypeID(type())
                .setLabelSelector("{}")
                .setStart(CpuQueries.rangeStart())
                .setEnd(CpuQueries.rangeEnd())
                .build(),
            leaf));
    questions.add(
        rpc(
            "SelectMergeSpanProfile",
            SelectMergeSpanProfileRequest.newBuilder()
                .setProfileTypeID(type())
                .setLabelSelector("{}")
                .addSpanSelector(SPAN)
                .setStart(CpuQueries.rangeStart())
                .setEnd(CpuQueries.rangeEnd())
                .build(),
            leaf));
  }

  private void addSeries(List<Question> questions) {
    SelectSeriesRequest series =
        SelectSeriesRequest.newBuilder()
            .setProfileTypeID(type())
            .setLabelSelector("{}")
            .setStep(15)
            .setStart(CpuQueries.rangeStart())
            .setEnd(CpuQueries.rangeEnd())
            .build();
    questions.add(
        rpc("SelectSeries", series.toBuilder().addGroupBy("label_" + word()).build(), value()));
    questions.add(
        rpc(
            "SelectSeries",
            series.toBuilder().setExemplarType(ExemplarType.EXEMPLAR_TYPE_INDIVIDUAL).build(),
            value()));
    for (HeatmapQueryType type :
        List.of(
            HeatmapQueryType.HEATMAP_QUERY_TYPE_INDIVIDUAL,
            HeatmapQueryType.HEATMAP_QUERY_TYPE_SPAN)) {
      questions.add(
          rpc(
              "SelectHeatmap",
              SelectHeatmapRequest.newBuilder()
                  .setProfileTypeID(type())
                  .setLabelSelector("{}")
                  .addGroupBy("label_" + word())
                  .setStep(15)
                  .setQueryType(type)
                  .setStart(CpuQueries.rangeStart())
                  .setEnd(CpuQueries.rangeEnd())
                  .build(),
              value()));
    }
  }

  private void addListings(List<Question> questions) {
    questions.add(
        rpc(
            "LabelValues",
            LabelValuesRequest.newBuilder().setName("label_" + word()).build(),
            value()));
    questions.add(rpc("ProfileTypes", ProfileTypesRequest.getDefaultInstance(), type()));
    questions.add(rpc("LabelNames", LabelNamesRequest.getDefaultInstance(), "label_" + word()));
    questions.add(rpc("Series", SeriesRequest.getDefaultInstance(), value()));
  }

  private void addGets(List<Question> questions) {
    String query = URLEncoder.encode(type() + "{}", UTF_8);
    for (String format : List.of("json", "dot", "collapsed")) {
      questions.add(
          get(
              "/pyroscope/render?from=now-1h&until=now&format=" + format + "&query=" + query,
              "leaf_" + word()));
    }

    questions.add(get("/pyroscope/label-values?label=label_" + word(), value()));
  }

  private String value() {
    return "value_" + word();
  }

  private static Question rpc(String rpc, Message request, String word) {
    String path = "/" + CpuQueries.QUERIER + rpc;
    return new Question(rpc + " " + request, "POST", path, request.toByteArray(), word);
  }

  private static Question get(String path, String word) {
    return new Question(path, "GET", path, new byte[0], word);
  }
}
