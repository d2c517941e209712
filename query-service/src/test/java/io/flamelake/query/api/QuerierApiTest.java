/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.flamegraph.TreeBytes;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.querier.v1.DiffRequest;
import io.flamelake.proto.querier.v1.DiffResponse;
import io.flamelake.proto.querier.v1.ProfileFormat;
import io.flamelake.proto.querier.v1.SelectMergeProfileRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import io.flamelake.proto.querier.v1.SelectSeriesRequest;
import io.flamelake.proto.querier.v1.SelectSeriesResponse;
import io.flamelake.proto.types.v1.FrameFilter;
import io.flamelake.proto.types.v1.Location;
import io.flamelake.proto.types.v1.Point;
import io.flamelake.proto.types.v1.Series;
import io.flamelake.proto.types.v1.StackTraceSelector;
import io.flamelake.proto.types.v1.TimeSeriesAggregationType;
import io.flamelake.query.QueryConfig;
import io.flamelake.query.QueryServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuerierApiTest {
  private static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  private static final String SAMPLES = "process_cpu:samples:count:cpu:nanoseconds";
  private static final int CPU_VALUE = 1;
  private static final TenantId TENANT = TenantId.ANONYMOUS;
  private static final int PROFILES = 24;

  @TempDir private static Path directory;

  private static final List<PushedProfile> PUSHED = new ArrayList<>();
  private static final Map<String, String> BEFORE_COMMIT = new LinkedHashMap<>();
  private static QueryServer server;
  private static long start;
  private static long end;

  /** Half of the profiles are committed, half are not. */
  @BeforeAll
  static void push() throws IOException {
    server = new QueryServer(directory, QueryConfig.defaults());
    end = System.currentTimeMillis();
    start = end - 600_000;
    Random random = new Random(1);
    for (int i = 0; i < PROFILES; i++) {
      PushedProfile profile =
          PushedProfile.random(
              random,
              TENANT,
              LabelSet.of("service_name", "svc-" + i % 2, "pod", "pod-" + i % 3, "k8s.ns", "n"),
              start + i * 20_000L);
      server.push(TENANT, profile.toRecord());
      PUSHED.add(profile);
      if (i == PROFILES / 2) {
        requests().forEach((name, body) -> BEFORE_COMMIT.put(name, ask(name, body)));
        server.commit();
        requests()
            .forEach(
                (name, body) ->
                    assertThat(ask(name, body))
                        .as("%s after the commit", name)
                        .isEqualTo(BEFORE_COMMIT.get(name)));
      }
    }
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static Map<String, String> requests() {
    String range = "\"start\":" + start + ",\"end\":" + end;
    String query = "\"profileTypeID\":\"" + CPU + "\",\"labelSelector\":\"{pod!=\\\"pod-1\\\"}\",";
    Map<String, String> requests = new LinkedHashMap<>();
    requests.put("ProfileTypes", "{" + range + "}");
    requests.put("LabelNames", "{" + range + "}");
    requests.put("LabelValues", "{\"name\":\"pod\"," + range + "}");
    requests.put("Series", "{\"labelNames\":[\"service_name\",\"__profile_type__\"]}");
    requests.put("SelectMergeStacktraces", "{" + query + range + "}");
    requests.put("SelectSeries", "{" + query + "\"step\":15,\"groupBy\":[\"pod\"]," + range + "}");
    requests.put(
        "SelectHeatmap",
        "{"
            + query
            + "\"step\":60,\"groupBy\":[\"pod\"],\"exemplarType\":\"EXEMPLAR_TYPE_INDIVIDUAL\","
            + range
            + "}");
    requests.put("Diff", "{\"left\":{" + query + range + "},\"right\":{" + query + range + "}}");
    requests.put("GetProfileStats", "{}");
    return requests;
  }

  private static String ask(String method, String body) {
    return server.json(TENANT, method, body).contentUtf8();
  }

  private static SelectMergeStacktracesRequest.Builder stacktraces(String selector) {
    return SelectMergeStacktracesRequest.newBuilder()
        .setProfileTypeID(CPU)
        .setLabelSelector(selector)
        .setStart(start)
        .setEnd(end);
  }

  private static SelectMergeStacktracesResponse select(
      SelectMergeStacktracesRequest.Builder request) {
    return server.call(
        TENANT,
        "SelectMergeStacktraces",
        request.build(),
        SelectMergeStacktracesResponse.getDefaultInstance());
  }

  private static Map<String, Long> expected(Predicate<PushedProfile> filter) {
    return PushedProfile.sum(PUSHED, CPU_VALUE, filter);
  }

  @Test
  void mergesTableAndTailIntoOneFlameGraph() {
    SelectMergeStacktracesResponse all = select(stacktraces("{}"));
    assertThat(FlameBars.selfByPath(all.getFlamegraph())).isEqualTo(expected(p -> true));
    assertThat(all.getFlamegraph().getTotal()).isEqualTo(PushedProfile.total(expected(p -> true)));
    assertThat(all.getFlamegraph().getNames(0)).isEqualTo("total");

    SelectMergeStacktracesResponse pod =
        select(stacktraces("{service_name=\"svc-0\",pod=~\"pod-[02]\"}"));
    assertThat(FlameBars.selfByPath(pod.getFlamegraph()))
        .isEqualTo(
            expected(
                p ->
                    p.labels().value("service_name").equals("svc-0")
                        && !p.labels().value("pod").equals("pod-1")));
  }

  @Test
  void readsHalfOpenRange() {
    long cut = start + 10 * 20_000L;
    SelectMergeStacktracesResponse before = select(stacktraces("{}").setEnd(cut));
    SelectMergeStacktracesResponse after = select(stacktraces("{}").setStart(cut));
    assertThat(FlameBars.selfByPath(before.getFlamegraph()))
        .isEqualTo(expected(p -> p.profile().getTimeNanos() < cut * 1_000_000));
    assertThat(FlameBars.selfByPath(after.getFlamegraph()))
        .isEqualTo(expected(p -> p.profile().getTimeNanos() >= cut * 1_000_000));
  }

  @Test
  void drawsNoDataAsOneEmptyBar() {
    SelectMergeStacktracesResponse none = select(stacktraces("{pod=\"no such pod\"}"));
    assertThat(none.getFlamegraph().getNamesList()).containsExactly("total");
    assertThat(none.getFlamegraph().getLevelsList()).hasSize(1);
    assertThat(none.getFlamegraph().getLevels(0).getValuesList()).containsExactly(0L, 0L, 0L, 0L);
  }

  @Test
  void offersTreeDotAndPprof() {
    long total = PushedProfile.total(expected(p -> true));
    SelectMergeStacktracesResponse tree =
        select(stacktraces("{}").setFormat(ProfileFormat.PROFILE_FORMAT_TREE));
    assertThat(TreeBytes.decode(tree.getTree().toByteArray()).total()).isEqualTo(total);

    SelectMergeStacktracesResponse dot =
        select(stacktraces("{}").setFormat(ProfileFormat.PROFILE_FORMAT_DOT));
    assertThat(dot.getDot()).startsWith("digraph").contains("main.f1");

    SelectMergeStacktracesResponse pprof =
        select(stacktraces("{}").setFormat(ProfileFormat.PROFILE_FORMAT_PPROF));
    PushedProfile merged = new PushedProfile(TENANT, LabelSet.EMPTY, pprof.getPprof().getProfile());
    assertThat(PushedProfile.sum(List.of(merged), 0, p -> true)).isEqualTo(expected(p -> true));
  }

  @Test
  void ignoresFormatsAndFieldsOfNewerClients() {
    String body =
        "{\"profile_typeID\":\""
            + CPU
            + "\",\"label_selector\":\"{}\",\"start\":\""
            + start
            + "\",\"end\":"
            + end
            + ",\"maxNodes\":null,\"format\":\"PROFILE_FORMAT_FUNCTIONS\",\"formatOptions\":{}}";
    assertThat(ask("SelectMergeStacktraces", body)).contains("\"flamegraph\"");
  }

  @Test
  void truncatesToMaxNodes() {
    SelectMergeStacktracesResponse few = select(stacktraces("{}").setMaxNodes(5));
    assertThat(few.getFlamegraph().getNamesList()).contains("other").hasSizeLessThan(10);
    assertThat(few.getFlamegraph().getTotal()).isEqualTo(PushedProfile.total(expected(p -> true)));
  }

  @Test
  void keepsStacksBelowCallSite() {
    StackTraceSelector callSite =
        StackTraceSelector.newBuilder()
            .addCallSite(Location.newBuilder().setName("main.f1"))
            .addCallSite(Location.newBuilder().setName("main.f2"))
            .build();
    Map<String, Long> below = new TreeMap<>(expected(p -> true));
    below
        .keySet()
        .removeIf(path -> !path.equals("main.f1;main.f2") && !path.startsWith("main.f1;main.f2;"));
    assertThat(below).isNotEmpty();
    assertThat(
            FlameBars.selfByPath(
                select(stacktraces("{}").setStackTraceSelector(callSite)).getFlamegraph()))
        .isEqualTo(below);

    SelectSeriesResponse series =
        selectSeries(
            SelectSeriesRequest.newBuilder().setStep(3_600).setStackTraceSelector(callSite));
    assertThat(sum(series)).isEqualTo(PushedProfile.total(below));
  }

  @Test
  void keepsStacksThatPassFrameFilter() {
    StackTraceSelector filter =
        StackTraceSelector.newBuilder()
            .setFrameFilter(
                FrameFilter.newBuilder()
                    .addIncludeFunctionNames("main.f1")
                    .addIncludeRegexes("main\\.f[23]")
                    .addExcludeFunctionNames("main.f4")
                    .addExcludeRegexes(".*f5|nothing"))
            .build();
    Map<String, Long> passing = new TreeMap<>(expected(p -> true));
    passing
        .keySet()
        .removeIf(
            path -> {
              List<String> stack = List.of(path.split(";"));
              return Collections.disjoint(stack, List.of("main.f1", "main.f2", "main.f3"))
                  || stack.contains("main.f4")
                  || stack.contains("main.f5");
            });
    assertThat(passing).isNotEmpty();
    SelectMergeStacktracesRequest.Builder request = stacktraces("{}").setStackTraceSelector(filter);
    assertThat(FlameBars.selfByPath(select(request).getFlamegraph())).isEqualTo(passing);
    assertThat(
            sum(
                selectSeries(
                    SelectSeriesRequest.newBuilder().setStep(3_600).setStackTraceSelector(filter))))
        .isEqualTo(PushedProfile.total(passing));
    Profile pprof =
        server.call(
            TENANT,
            "SelectMergeProfile",
            SelectMergeProfileRequest.newBuilder()
                .setProfileTypeID(CPU)
                .setLabelSelector("{}")
                .setStart(start)
                .setEnd(end)
                .setStackTraceSelector(filter)
                .build(),
            Profile.getDefaultInstance());
    assertThat(
            PushedProfile.sum(
                List.of(new PushedProfile(TENANT, LabelSet.EMPTY, pprof)), 0, p -> true))
        .isEqualTo(passing);
    DiffResponse diff =
        server.call(
            TENANT,
            "Diff",
            DiffRequest.newBuilder().setLeft(request).setRight(stacktraces("{}")).build(),
            DiffResponse.getDefaultInstance());
    assertThat(diff.getFlamegraph().getLeftTicks()).isEqualTo(PushedProfile.total(passing));
    assertThat(diff.getFlamegraph().getRightTicks())
        .isEqualTo(PushedProfile.total(expected(p -> true)));
  }

  @Test
  void refusesFrameFilterThatIsNone() {
    for (String filter :
        List.of(
            "{\"includeRegexes\":[\"(\"]}",
            "{\"exclude_regexes\":[\"a**\"]}",
            "{\"excludeRegexes\":[" + "\"a.*\",".repeat(64) + "\"b.*\"]}")) {
      String body =
          "{\"profileTypeID\":\""
              + CPU
              + "\",\"labelSelector\":\"{}\",\"start\":1,\"end\":2,\"stackTraceSelector\":{\"frameFilter\":"
              + filter
              + "}}";
      assertThat(ask("SelectMergeStacktraces", body))
          .contains("invalid_argument")
          .contains("frame_filter");
    }
  }

  private static SelectSeriesResponse selectSeries(SelectSeriesRequest.Builder request) {
    return server.call(
        TENANT,
        "SelectSeries",
        request
            .setProfileTypeID(request.getProfileTypeID().isEmpty() ? CPU : SAMPLES)
            .setLabelSelector("{}")
            .setStart(start)
            .setEnd(end + 3_600_000)
            .build(),
        SelectSeriesResponse.getDefaultInstance());
  }

  private static double sum(SelectSeriesResponse response) {
    return response.getSeriesList().stream()
        .flatMap(series -> series.getPointsList().stream())
        .mapToDouble(Point::getValue)
        .sum();
  }

  @Test
  void sumsSeriesByGroup() {
    SelectSeriesResponse byPod =
        selectSeries(SelectSeriesRequest.newBuilder().setStep(20).addGroupBy("pod"));
    assertThat(byPod.getSeriesList()).hasSize(3);
    Map<String, Double> totals = new LinkedHashMap<>();
    for (Series series : byPod.getSeriesList()) {
      assertThat(series.getLabelsList()).hasSize(1);
      assertThat(series.getLabels(0).getName()).isEqualTo("pod");
      totals.put(
          series.getLabels(0).getValue(),
          series.getPointsList().stream().mapToDouble(Point::getValue).sum());
      assertThat(series.getPointsList())
          .allSatisfy(point -> assertThat((point.getTimestamp() - start) % 20_000).isZero());
    }

    assertThat(List.copyOf(totals.values())).isSortedAccordingTo(Comparator.reverseOrder());
    totals.forEach(
        (pod, total) ->
            assertThat(total)
                .isEqualTo(
                    PushedProfile.total(expected(p -> p.labels().value("pod").equals(pod)))));

    SelectSeriesResponse top =
        selectSeries(SelectSeriesRequest.newBuilder().setStep(20).addGroupBy("pod").setLimit(1));
    assertThat(top.getSeriesList()).containsExactly(byPod.getSeries(0));
  }

  @Test
  void averagesProfilesOfStep() {
    SelectSeriesResponse average =
        selectSeries(
            SelectSeriesRequest.newBuilder()
                .setStep(3_600)
                .setAggregation(TimeSeriesAggregationType.TIME_SERIES_AGGREGATION_TYPE_AVERAGE));
    // The first profile lies on the first point, the others count towards the second.
    long rest = PushedProfile.total(expected(p -> p.profile().getTimeNanos() > start * 1_000_000));
    assertThat(average.getSeries(0).getPointsList()).hasSize(2);
    assertThat(average.getSeries(0).getPoints(1).getValue())
        .isEqualTo((double) rest / (PROFILES - 1));
  }

  @Test
  void comparesTwoSides() {
    DiffResponse diff =
        server.call(
            TENANT,
            "Diff",
            DiffRequest.newBuilder()
                .setLeft(stacktraces("{pod=\"pod-0\"}"))
                .setRight(stacktraces("{pod=\"pod-1\"}"))
                .build(),
            DiffResponse.getDefaultInstance());
    assertThat(diff.getFlamegraph().getLeftTicks())
        .isEqualTo(PushedProfile.total(expected(p -> p.labels().value("pod").equals("pod-0"))));
    assertThat(diff.getFlamegraph().getRightTicks())
        .isEqualTo(PushedProfile.total(expected(p -> p.labels().value("pod").equals("pod-1"))));
  }

  @Test
  void mergesIntoPprof() {
    Profile profile =
        server.call(
            TENANT,
            "SelectMergeProfile",
            SelectMergeProfileRequest.newBuilder()
                .setProfileTypeID(CPU)
                .setLabelSelector("{}")
                .setStart(start)
                .setEnd(end)
                .build(),
            Profile.getDefaultInstance());
    assertThat(profile.getSampleTypeCount()).isEqualTo(1);
    assertThat(profile.getPeriod()).isEqualTo(1_000_000_000);
    assertThat(profile.getTimeNanos()).isEqualTo(end * 1_000_000);
    assertThat(
            PushedProfile.sum(
                List.of(new PushedProfile(TENANT, LabelSet.EMPTY, profile)), 0, p -> true))
        .isEqualTo(expected(p -> true));
  }

  @Test
  void listsTypesLabelsAndSeries() {
    assertThat(ask("ProfileTypes", "{}")).contains("\"ID\":\"" + CPU + "\"").contains(SAMPLES);
    assertThat(ask("LabelValues", "{\"name\":\"pod\"}"))
        .isEqualTo("{\"names\":[\"pod-0\",\"pod-1\",\"pod-2\"]}");
    assertThat(ask("LabelValues", "{\"name\":\"__profile_type__\"}"))
        .isEqualTo("{\"names\":[\"" + CPU + "\",\"" + SAMPLES + "\"]}");
    assertThat(
            ask("LabelValues", "{\"name\":\"pod\",\"matchers\":[\"{}\",\"{pod=~\\\".*1\\\"}\"]}"))
        .isEqualTo("{\"names\":[\"pod-1\"]}");
    assertThat(ask("LabelNames", "{}"))
        .isEqualTo(
            "{\"names\":[\"__name__\",\"__period_type__\",\"__period_unit__\",\"__profile_type__\","
                + "\"__service_name__\",\"__type__\",\"__unit__\",\"pod\",\"service_name\"]}");
    assertThat(ask("Series", "{\"labelNames\":[\"service_name\"],\"matchers\":[]}"))
        .isEqualTo(
            "{\"labelsSet\":[{\"labels\":[{\"name\":\"service_name\",\"value\":\"svc-0\"}]},"
                + "{\"labels\":[{\"name\":\"service_name\",\"value\":\"svc-1\"}]}]}");
  }

  @Test
  void tellsWhetherThereIsData() {
    assertThat(ask("GetProfileStats", "{}"))
        .contains("\"dataIngested\":true")
        .contains("\"oldestProfileTime\":\"" + start + "\"");
    assertThat(server.json(TENANT, "NoSuchMethod", "{}").status().code()).isEqualTo(501);
  }
}
