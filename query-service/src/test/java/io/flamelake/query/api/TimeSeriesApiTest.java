/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.flamegraph.TreeBytes;
import io.flamelake.proto.querier.v1.HeatmapQueryType;
import io.flamelake.proto.querier.v1.ProfileFormat;
import io.flamelake.proto.querier.v1.SelectHeatmapRequest;
import io.flamelake.proto.querier.v1.SelectHeatmapResponse;
import io.flamelake.proto.querier.v1.SelectMergeSpanProfileRequest;
import io.flamelake.proto.querier.v1.SelectMergeSpanProfileResponse;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import io.flamelake.proto.querier.v1.SelectSeriesRequest;
import io.flamelake.proto.querier.v1.SelectSeriesResponse;
import io.flamelake.proto.types.v1.Exemplar;
import io.flamelake.proto.types.v1.ExemplarType;
import io.flamelake.proto.types.v1.HeatmapSeries;
import io.flamelake.proto.types.v1.HeatmapSlot;
import io.flamelake.proto.types.v1.LabelPair;
import io.flamelake.proto.types.v1.Point;
import io.flamelake.proto.types.v1.Series;
import io.flamelake.query.QueryConfig;
import io.flamelake.query.QueryServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values over time, exemplars, spans and tenants that are read together. */
class TimeSeriesApiTest {
  private static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  private static final TenantId ACME = new TenantId("acme");
  private static final TenantId OTHER = new TenantId("ac*me'");
  private static final long STEP_MILLIS = 60_000;
  private static final Predicate<SpannedProfile> OF_ACME = p -> p.tenant().equals(ACME);

  @TempDir private static Path directory;

  private static final List<SpannedProfile> PUSHED = new ArrayList<>();
  private static QueryServer server;
  private static long start;
  private static long end;

  /** Half of the profiles are committed, half are not. */
  @BeforeAll
  static void push() throws IOException {
    server = new QueryServer(directory, QueryConfig.builder().multitenancyEnabled(true).build());
    end = System.currentTimeMillis();
    start = end - 600_000;
    Random random = new Random(1);
    for (int i = 0; i < 60; i++) {
      SpannedProfile profile =
          SpannedProfile.random(
              random,
              i % 3 == 0 ? OTHER : ACME,
              LabelSet.of("service_name", "shop", "pod", "pod-" + random.nextInt(3)),
              start + random.nextInt(600) * 1_000L);
      server.push(profile.tenant(), profile.toRecord());
      PUSHED.add(profile);
      if (i == 30) {
        server.commit();
      }
    }
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private record Cell(String pod, long timeMillis, int bucket) {}

  private record Item(SpannedProfile profile, long span, long value) {}

  private static List<Item> profileItems(Predicate<SpannedProfile> filter) {
    return PUSHED.stream().filter(filter).map(p -> new Item(p, 0, p.total())).toList();
  }

  private static List<Item> spanItems(Predicate<SpannedProfile> filter) {
    List<Item> items = new ArrayList<>();
    PUSHED.stream()
        .filter(filter)
        .forEach(p -> p.spans().forEach((span, value) -> items.add(new Item(p, span, value))));
    return items;
  }

  private static Map<String, List<Item>> byCell(List<Item> items) {
    long min = items.stream().mapToLong(Item::value).min().orElseThrow();
    long max = items.stream().mapToLong(Item::value).max().orElseThrow();
    Map<String, List<Item>> cells = new TreeMap<>();
    for (Item item : items) {
      long slot = start;
      while (slot < item.profile.timeMillis()) {
        slot += STEP_MILLIS;
      }

      int bucket = 19;
      while ((item.value - min) * 20 < bucket * (max - min)) {
        bucket--;
      }

      Cell cell = new Cell(item.profile.labels().value("pod"), slot, bucket);
      cells.computeIfAbsent(cell.toString(), key -> new ArrayList<>()).add(item);
    }

    return cells;
  }

  private static Item best(List<Item> items) {
    return items.stream()
        .max(
            Comparator.comparingLong(Item::value).thenComparing(item -> -item.profile.timeMillis()))
        .orElseThrow();
  }

  private static SelectHeatmapResponse heatmap(
      TenantId tenant, HeatmapQueryType type, ExemplarType exemplars) {
    return server.call(
        tenant,
        "SelectHeatmap",
        SelectHeatmapRequest.newBuilder()
            .setProfileTypeID(CPU)
            .setLabelSelector("{}")
            .setStart(start)
            .setEnd(end)
            .setStep(STEP_MILLIS / 1_000.0)
            .addGroupBy("pod")
            .setQueryType(type)
            .setExemplarType(exemplars)
            .build(),
        SelectHeatmapResponse.getDefaultInstance());
  }

  private static Map<String, Integer> counts(SelectHeatmapResponse response) {
    Map<String, Integer> counts = new TreeMap<>();
    for (HeatmapSeries series : response.getSeriesList()) {
      assertThat(series.getLabelsList()).hasSize(1);
      for (HeatmapSlot slot : series.getSlotsList()) {
        assertThat(slot.getCountsCount()).isEqualTo(20);
        for (int bucket = 0; bucket < 20; bucket++) {
          if (slot.getCounts(bucket) > 0) {
            Cell cell = new Cell(series.getLabels(0).getValue(), slot.getTimestamp(), bucket);
            counts.put(cell.toString(), slot.getCounts(bucket));
          }
        }
      }
    }

    return counts;
  }

  private static Map<String, Integer> sizes(Map<String, List<Item>> cells) {
    Map<String, Integer> sizes = new TreeMap<>();
    cells.forEach((cell, items) -> sizes.put(cell, items.size()));
    return sizes;
  }

  private static List<Exemplar> exemplars(SelectHeatmapResponse response) {
    return response.getSeriesList().stream()
        .flatMap(series -> series.getSlotsList().stream())
        .flatMap(slot -> slot.getExemplarsList().stream())
        .toList();
  }

  private static Exemplar expectedExemplar(Item item, ExemplarType type) {
    Exemplar.Builder exemplar =
        Exemplar.newBuilder()
            .setTimestamp(item.profile.timeMillis())
            .setProfileId(item.profile.id().toString())
            .setValue(item.value)
            .addLabels(LabelPair.newBuilder().setName("service_name").setValue("shop"));
    if (type == ExemplarType.EXEMPLAR_TYPE_SPAN) {
      SpannedProfile.Sample sample = new SpannedProfile.Sample(List.of(), 0, item.span);
      exemplar.setSpanId(sample.spanHex()).setTraceId(sample.traceHex());
    }

    return exemplar.build();
  }

  @Test
  void countsProfilesByTimeAndValue() {
    SelectHeatmapResponse response =
        heatmap(
            ACME,
            HeatmapQueryType.HEATMAP_QUERY_TYPE_INDIVIDUAL,
            ExemplarType.EXEMPLAR_TYPE_INDIVIDUAL);
    Map<String, List<Item>> cells = byCell(profileItems(OF_ACME));

    assertThat(counts(response)).isEqualTo(sizes(cells));
    assertThat(exemplars(response))
        .containsExactlyInAnyOrderElementsOf(
            cells.values().stream()
                .map(items -> expectedExemplar(best(items), ExemplarType.EXEMPLAR_TYPE_INDIVIDUAL))
                .toList());
    HeatmapSlot slot = response.getSeries(0).getSlots(0);
    long min = profileItems(OF_ACME).stream().mapToLong(Item::value).min().orElseThrow();
    long max = profileItems(OF_ACME).stream().mapToLong(Item::value).max().orElseThrow();
    assertThat(slot.getYMin(0)).isEqualTo(min);
    assertThat(slot.getYMin(10)).isEqualTo((min + max) / 2.0);
  }

  @Test
  void countsSpansByTimeAndValue() {
    SelectHeatmapResponse response =
        heatmap(ACME, HeatmapQueryType.HEATMAP_QUERY_TYPE_SPAN, ExemplarType.EXEMPLAR_TYPE_SPAN);
    Map<String, List<Item>> cells = byCell(spanItems(OF_ACME));

    assertThat(counts(response)).isEqualTo(sizes(cells));
    assertThat(exemplars(response)).hasSameSizeAs(cells.values());
    List<Exemplar> candidates =
        cells.values().stream()
            .flatMap(List::stream)
            .map(item -> expectedExemplar(item, ExemplarType.EXEMPLAR_TYPE_SPAN))
            .toList();
    assertThat(candidates).containsAll(exemplars(response));
    assertThat(exemplars(response).stream().mapToLong(Exemplar::getValue).sum())
        .isEqualTo(cells.values().stream().mapToLong(items -> best(items).value).sum());
  }

  @Test
  void leavesExemplarsOutUnlessAskedFor() {
    SelectHeatmapResponse none =
        heatmap(
            ACME, HeatmapQueryType.HEATMAP_QUERY_TYPE_UNSPECIFIED, ExemplarType.EXEMPLAR_TYPE_NONE);

    assertThat(counts(none)).isEqualTo(sizes(byCell(profileItems(OF_ACME))));
    assertThat(exemplars(none)).isEmpty();
    for (ExemplarType type :
        List.of(ExemplarType.EXEMPLAR_TYPE_NONE, ExemplarType.EXEMPLAR_TYPE_UNSPECIFIED)) {
      assertThat(series(type).getSeriesList())
          .isNotEmpty()
          .allSatisfy(
              series ->
                  assertThat(series.getPointsList())
                      .allSatisfy(point -> assertThat(point.getExemplarsList()).isEmpty()));
    }
  }

  @Test
  void limitsHeatmapsByTheirCounts() {
    SelectHeatmapRequest.Builder request =
        SelectHeatmapRequest.newBuilder()
            .setProfileTypeID(CPU)
            .setLabelSelector("{}")
            .setStart(start)
            .setEnd(end)
            .setStep(60)
            .addGroupBy("pod");
    SelectHeatmapResponse all =
        server.call(
            ACME, "SelectHeatmap", request.build(), SelectHeatmapResponse.getDefaultInstance());
    SelectHeatmapResponse two =
        server.call(
            ACME,
            "SelectHeatmap",
            request.setLimit(2).build(),
            SelectHeatmapResponse.getDefaultInstance());

    assertThat(all.getSeriesList()).hasSize(3);
    assertThat(two.getSeriesList()).isEqualTo(all.getSeriesList().subList(0, 2));
    assertThat(all.getSeriesList().stream().map(TimeSeriesApiTest::count))
        .isSortedAccordingTo(Comparator.reverseOrder());
  }

  private static int count(HeatmapSeries series) {
    return series.getSlotsList().stream()
        .flatMap(slot -> slot.getCountsList().stream())
        .mapToInt(Integer::intValue)
        .sum();
  }

  private static SelectSeriesResponse series(ExemplarType exemplars) {
    return server.call(
        ACME,
        "SelectSeries",
        SelectSeriesRequest.newBuilder()
            .setProfileTypeID(CPU)
            .setLabelSelector("{}")
            .setStart(start)
            .setEnd(end + STEP_MILLIS)
            .setStep(STEP_MILLIS / 1_000.0)
            .addGroupBy("pod")
            .setExemplarType(exemplars)
            .build(),
        SelectSeriesResponse.getDefaultInstance());
  }

  @Test
  void givesTheHeaviestProfileOfEachPoint() {
    Map<String, List<Item>> byPoint = new TreeMap<>();
    for (Item item : profileItems(OF_ACME)) {
      long point = start;
      while (point < item.profile.timeMillis()) {
        point += STEP_MILLIS;
      }

      byPoint
          .computeIfAbsent(
              item.profile.labels().value("pod") + " " + point, key -> new ArrayList<>())
          .add(item);
    }

    Map<String, List<Exemplar>> found = new TreeMap<>();
    for (Series series : series(ExemplarType.EXEMPLAR_TYPE_INDIVIDUAL).getSeriesList()) {
      for (Point point : series.getPointsList()) {
        found.put(
            series.getLabels(0).getValue() + " " + point.getTimestamp(), point.getExemplarsList());
      }
    }

    Map<String, List<Exemplar>> expected = new TreeMap<>();
    byPoint.forEach(
        (point, items) ->
            expected.put(
                point,
                List.of(expectedExemplar(best(items), ExemplarType.EXEMPLAR_TYPE_INDIVIDUAL))));
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void mergesSamplesOfSpans() {
    SelectMergeSpanProfileRequest.Builder request =
        SelectMergeSpanProfileRequest.newBuilder()
            .setProfileTypeID(CPU)
            .setLabelSelector("{}")
            .setStart(start)
            .setEnd(end);

    assertThat(FlameBars.selfByPath(spanProfile(request).getFlamegraph()))
        .as("no span: every sample")
        .isEqualTo(SpannedProfile.sum(PUSHED, OF_ACME, sample -> true));
    request.addSpanSelector("0000000000000003").addSpanSelector("000000000000000F");
    Map<String, Long> expected = SpannedProfile.sum(PUSHED, OF_ACME, sample -> sample.span() == 3);
    assertThat(FlameBars.selfByPath(spanProfile(request).getFlamegraph())).isEqualTo(expected);
    request.setFormat(ProfileFormat.PROFILE_FORMAT_TREE);
    assertThat(TreeBytes.decode(spanProfile(request).getTree().toByteArray()).total())
        .isEqualTo(PushedProfile.total(expected))
        .isNotZero();
  }

  private static SelectMergeSpanProfileResponse spanProfile(
      SelectMergeSpanProfileRequest.Builder request) {
    return server.call(
        ACME,
        "SelectMergeSpanProfile",
        request.build(),
        SelectMergeSpanProfileResponse.getDefaultInstance());
  }

  @Test
  void selectsByProfileTraceAndSpan() {
    SpannedProfile one = PUSHED.stream().filter(OF_ACME).findFirst().orElseThrow();
    SpannedProfile foreign = PUSHED.stream().filter(OF_ACME.negate()).findFirst().orElseThrow();
    assertThat(stacks(stacktraces().addProfileIdSelector(one.id().toString())))
        .isEqualTo(SpannedProfile.sum(List.of(one), p -> true, s -> true));
    assertThat(stacks(stacktraces().addProfileIdSelector(foreign.id().toString()))).isEmpty();
    String trace = new SpannedProfile.Sample(List.of(), 0, 2).traceHex();
    assertThat(stacks(stacktraces().addTraceIdSelector(trace)))
        .isEqualTo(
            SpannedProfile.sum(PUSHED, OF_ACME, s -> s.span() != 0 && s.traceHex().equals(trace)));
    assertThat(stacks(stacktraces().addSpanSelector("0000000000000001")))
        .isEqualTo(SpannedProfile.sum(PUSHED, OF_ACME, s -> s.span() == 1));
  }

  private static SelectMergeStacktracesRequest.Builder stacktraces() {
    return SelectMergeStacktracesRequest.newBuilder()
        .setProfileTypeID(CPU)
        .setLabelSelector("{}")
        .setStart(start)
        .setEnd(end);
  }

  private static Map<String, Long> stacks(SelectMergeStacktracesRequest.Builder request) {
    return FlameBars.selfByPath(
        server
            .call(
                ACME,
                "SelectMergeStacktraces",
                request.build(),
                SelectMergeStacktracesResponse.getDefaultInstance())
            .getFlamegraph());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SelectHeatmap {\"step\":0}",
        "SelectHeatmap {}",
        "SelectHeatmap {\"step\":\"NaN\"}",
        "SelectHeatmap {\"step\":60,\"end\":1}",
        "SelectHeatmap {\"step\":60,\"start\":5,\"end\":5}",
        "SelectHeatmap {\"step\":60,\"labelSelector\":\"\"}",
        "SelectHeatmap {\"step\":60,\"profileTypeID\":\"cpu\"}",
        "SelectHeatmap {\"step\":0.001}",
        "SelectHeatmap {\"step\":60,\"exemplarType\":\"EXEMPLAR_TYPE_SPAN\"}",
        "SelectMergeSpanProfile {\"spanSelector\":[\"0\"]}",
        "SelectMergeSpanProfile {\"spanSelector\":[\"000000000000000g\"]}",
        "SelectMergeSpanProfile {\"spanSelector\":[\"00000000000000001\"]}",
        "SelectMergeSpanProfile {\"labelSelector\":\"{a=}\"}",
        "SelectMergeStacktraces {\"spanSelector\":[\"0000000000000001\"],"
            + "\"traceIdSelector\":[\"00000000000000000000000000000001\"]}",
        "SelectMergeStacktraces {\"traceIdSelector\":[\"1\"]}",
        "SelectMergeStacktraces {\"profileIdSelector\":[\"1\"]}"
      })
  void refusesBadRequests(String call) {
    String method = call.substring(0, call.indexOf(' '));
    String overrides = call.substring(call.indexOf('{') + 1, call.length() - 1);
    List<String> fields = new ArrayList<>();
    for (String field :
        List.of(
            "\"profileTypeID\":\"" + CPU + "\"",
            "\"labelSelector\":\"{}\"",
            "\"start\":" + start,
            "\"end\":" + end)) {
      if (!overrides.contains(field.substring(0, field.indexOf(':') + 1))) {
        fields.add(field);
      }
    }

    if (!overrides.isEmpty()) {
      fields.add(overrides);
    }

    AggregatedHttpResponse response =
        server.json(ACME, method, "{" + String.join(",", fields) + "}");
    assertThat(response.status().code()).as(response.contentUtf8()).isEqualTo(400);
    assertThat(response.contentUtf8()).contains("invalid_argument");
  }

  private static AggregatedHttpResponse call(String tenants, String method, String body) {
    return server
        .client()
        .execute(
            RequestHeaders.builder(HttpMethod.POST, "/querier.v1.QuerierService/" + method)
                .set("x-scope-orgid", tenants)
                .contentType(MediaType.JSON)
                .build(),
            HttpData.ofUtf8(body))
        .aggregate()
        .join();
  }

  private static AggregatedHttpResponse get(String tenants, String path) {
    return server
        .client()
        .execute(RequestHeaders.builder(HttpMethod.GET, path).set("x-scope-orgid", tenants).build())
        .aggregate()
        .join();
  }

  private static long total(Predicate<SpannedProfile> filter) {
    return PUSHED.stream().filter(filter).mapToLong(SpannedProfile::total).sum();
  }

  @Test
  void tellsHowManySeriesAQueryReads() {
    String range = "\"start\":" + start + ",\"end\":" + end + "}";
    for (String query :
        List.of("", "{}", "{pod=~\\\"pod-.\\\"}", CPU + "{service_name=\\\"shop\\\"}")) {
      assertThat(analyze(query, range).contentUtf8())
          .contains("\"queryImpact\":{\"totalQueriedSeries\":\"3\"}");
    }

    assertThat(analyze("memory:a:b:c:d{}", range).contentUtf8()).contains("\"queryImpact\":{}");
    assertThat(analyze("{a=", range).status().code()).isEqualTo(400);
    assertThat(analyze("{}", "\"start\":1}").status().code()).isEqualTo(400);
  }

  private static AggregatedHttpResponse analyze(String query, String range) {
    return call("acme", "AnalyzeQuery", "{\"query\":\"" + query + "\"," + range);
  }

  private static String render(String tenants) {
    String query = URLEncoder.encode(CPU + "{}", StandardCharsets.UTF_8);
    return get(tenants, "/pyroscope/render?from=now-20m&until=now&format=functions&query=" + query)
        .contentUtf8();
  }

  @Test
  void readsTenantsTogether() {
    String both = ACME + "|" + OTHER;
    String stacktraces =
        "{\"profileTypeID\":\""
            + CPU
            + "\",\"labelSelector\":\"{}\",\"start\":"
            + start
            + ",\"end\":"
            + end
            + "}";
    assertThat(call(both, "SelectMergeStacktraces", stacktraces).contentUtf8())
        .contains("\"total\":\"" + total(p -> true) + "\"");
    assertThat(call("acme|nobody", "SelectMergeStacktraces", stacktraces).contentUtf8())
        .contains("\"total\":\"" + total(OF_ACME) + "\"");
    assertThat(call("acme|acme", "SelectMergeStacktraces", stacktraces).contentUtf8())
        .contains("\"total\":\"" + total(OF_ACME) + "\"");
    assertThat(render(both)).contains("\"total\":" + total(p -> true) + ",\"totalFunctions\"");
    assertThat(render("acme")).contains("\"total\":" + total(OF_ACME) + ",\"totalFunctions\"");
    assertThat(call(both, "GetProfileStats", "{}").contentUtf8())
        .contains(
            "\"oldestProfileTime\":\""
                + PUSHED.stream().mapToLong(SpannedProfile::timeMillis).min().orElseThrow());
    assertThat(call("x|y", "GetProfileStats", "{}").contentUtf8()).isEqualTo("{}");
    assertThat(call("x|y", "Series", "{}").contentUtf8()).isEqualTo("{}");
    assertThat(get("x|y", "/pyroscope/label-values?label=pod").contentUtf8()).isEqualTo("[]");
    assertThat(get(both, "/pyroscope/label-values?label=pod").contentUtf8())
        .isEqualTo(
            call(both, "LabelValues", "{\"name\":\"pod\"}")
                .contentUtf8()
                .replaceAll("^.*(\\[.*\\]).*$", "$1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "|",
        "acme|",
        "|acme",
        "acme||nobody",
        "acme|.",
        "acme|..",
        "acme|a/b",
        "acme| nobody",
        "acme|a\"b",
        "acme|%2e",
        "acme|*?",
        "acme,nobody",
        "acme|' OR 1=1 --"
      })
  void refusesHostileTenants(String tenants) {
    assertThat(call(tenants, "GetProfileStats", "{}").status().code()).isEqualTo(400);
    assertThat(get(tenants, "/pyroscope/label-values?label=pod").status().code()).isEqualTo(400);
    assertThat(get(tenants, "/pyroscope/render-diff").status().code()).isEqualTo(400);
  }
}
