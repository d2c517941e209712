/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.util.JsonFormat;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.MediaType;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.pprof.PprofGzip;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.query.QueryConfig;
import io.flamelake.query.QueryServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RenderApiTest {
  private static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  private static final TenantId TENANT = TenantId.ANONYMOUS;

  @TempDir private static Path directory;

  private static final List<PushedProfile> PUSHED = new ArrayList<>();
  private static QueryServer server;

  @BeforeAll
  static void push() {
    server = new QueryServer(directory, QueryConfig.defaults());
    Random random = new Random(4);
    for (int i = 0; i < 6; i++) {
      PushedProfile profile =
          PushedProfile.random(
              random,
              TENANT,
              LabelSet.of("service_name", "shop", "pod", "pod-" + i % 2),
              System.currentTimeMillis() - i * 30_000L);
      server.push(TENANT, profile.toRecord());
      PUSHED.add(profile);
    }
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static AggregatedHttpResponse render(String parameters) {
    String query = encoded(CPU + "{service_name=\"shop\"}");
    return server.get(
        TENANT, "/pyroscope/render?query=" + query + "&from=now-15m&until=now" + parameters);
  }

  private static String encoded(String parameter) {
    return URLEncoder.encode(parameter, StandardCharsets.UTF_8);
  }

  private static Map<String, Long> expected() {
    return PushedProfile.sum(PUSHED, 1, p -> true);
  }

  private static long sum(JsonNode timeline) {
    return StreamSupport.stream(timeline.get("samples").spliterator(), false)
        .mapToLong(JsonNode::asLong)
        .sum();
  }

  @Test
  void rendersFlameGraphWithTimeline() throws IOException {
    long total = PushedProfile.total(expected());
    JsonNode json = JsonMapper.builder().build().readTree(render("").contentUtf8());
    assertThat(json.get("version").asInt()).isEqualTo(1);
    assertThat(json.get("flamebearer").get("numTicks").asLong()).isEqualTo(total);
    assertThat(json.get("flamebearer").get("names").get(0).asText()).isEqualTo("total");
    assertThat(json.get("flamebearer").get("levels").get(0).get(1).asLong()).isEqualTo(total);
    assertThat(json.get("metadata").get("units").asText()).isEqualTo("samples");
    assertThat(json.get("metadata").get("sampleRate").asLong()).isEqualTo(1_000_000_000);
    assertThat(json.get("timeline").get("durationDelta").asInt()).isEqualTo(15);
    assertThat(sum(json.get("timeline"))).isEqualTo(total);
    assertThat(json.get("groups").get("*")).isEqualTo(json.get("timeline"));
  }

  @Test
  void groupsTimelines() throws IOException {
    JsonNode json = JsonMapper.builder().build().readTree(render("&groupBy=pod").contentUtf8());
    assertThat(json.get("groups").properties()).hasSize(2);
    assertThat(sum(json.get("groups").get("pod-1")))
        .isEqualTo(
            PushedProfile.total(
                PushedProfile.sum(PUSHED, 1, p -> p.labels().value("pod").equals("pod-1"))));
  }

  @Test
  void rendersDotCollapsedAndPprof() throws IOException {
    assertThat(render("&format=dot").contentUtf8()).startsWith("digraph");

    AggregatedHttpResponse collapsed = render("&format=collapsed");
    assertThat(collapsed.contentType()).isEqualTo(MediaType.PLAIN_TEXT_UTF_8);
    Map<String, Long> sums = new TreeMap<>();
    collapsed
        .contentUtf8()
        .lines()
        .forEach(
            line -> {
              int blank = line.lastIndexOf(' ');
              sums.put(line.substring(0, blank), Long.parseLong(line.substring(blank + 1)));
            });
    assertThat(sums).isEqualTo(expected());

    byte[] pprof = PprofGzip.decompress(render("&format=pprof").content().array(), 1 << 24);
    PushedProfile merged = new PushedProfile(TENANT, LabelSet.EMPTY, Profile.parseFrom(pprof));
    assertThat(PushedProfile.sum(List.of(merged), 0, p -> true)).isEqualTo(expected());
  }

  @Test
  void rendersSpeedscope() throws IOException {
    AggregatedHttpResponse response = render("&format=speedscope");
    assertThat(response.headers().contentDisposition().filename())
        .matches("process_cpu-cpu-\\d{8}T\\d{6}Z-\\d{8}T\\d{6}Z\\.speedscope\\.json");
    JsonNode json = JsonMapper.builder().build().readTree(response.contentUtf8());
    JsonNode profile = json.get("profiles").get(0);
    Map<String, Long> sums = new TreeMap<>();
    for (int i = 0; i < profile.get("samples").size(); i++) {
      StringBuilder path = new StringBuilder();
      for (JsonNode frame : profile.get("samples").get(i)) {
        path.append(path.isEmpty() ? "" : ";")
            .append(json.get("shared").get("frames").get(frame.asInt()).get("name").asText());
      }

      sums.merge(path.toString(), profile.get("weights").get(i).asLong(), Long::sum);
    }

    assertThat(json.get("$schema").asText())
        .isEqualTo("https://www.speedscope.app/file-format-schema.json");
    assertThat(profile.get("type").asText()).isEqualTo("sampled");
    assertThat(profile.get("unit").asText()).isEqualTo("nanoseconds");
    assertThat(profile.get("endValue").asLong()).isEqualTo(PushedProfile.total(expected()));
    assertThat(sums).isEqualTo(expected());
  }

  @Test
  void cutsFilesOnRequestOnlyAndKeepsTheirTotal() throws IOException {
    byte[] bytes = render("&format=pprof&max-nodes=4").content().array();
    PushedProfile cut =
        new PushedProfile(
            TENANT, LabelSet.EMPTY, Profile.parseFrom(PprofGzip.decompress(bytes, 1 << 24)));
    Map<String, Long> sums = PushedProfile.sum(List.of(cut), 0, p -> true);

    assertThat(PushedProfile.total(sums)).isEqualTo(PushedProfile.total(expected()));
    assertThat(sums.size()).isLessThan(expected().size() / 2);
    assertThat(sums.keySet()).anyMatch(path -> path.endsWith("other"));
    assertThat(render("&format=collapsed&max-nodes=4").contentUtf8()).contains(";other ");
    assertThat(render("&format=collapsed").contentUtf8()).doesNotContain("other");
  }

  @Test
  void takesSecondsBackFromNowWhereNothingElseSaysWhen() {
    String path =
        "/pyroscope/render?format=collapsed&query="
            + URLEncoder.encode(CPU + "{}", StandardCharsets.UTF_8);

    assertThat(server.get(TENANT, path + "&seconds=900").contentUtf8())
        .isEqualTo(render("&format=collapsed").contentUtf8());
    assertThat(server.get(TENANT, path + "&seconds=0").status().code()).isEqualTo(400);
    assertThat(server.get(TENANT, path + "&seconds=-5").status().code()).isEqualTo(400);
  }

  @Test
  void repeatsLittleOfWhatItRefuses() {
    String render = "/pyroscope/render?query=";
    String valid = render + encoded(CPU + "{}");
    for (String path :
        List.of(
            render + "x".repeat(6_000),
            render + encoded("{" + "x".repeat(6_000)),
            render + encoded(CPU + "{a=\"" + "😀".repeat(1_500) + "\" b}"),
            render + encoded(CPU + "{a=~\"(" + "x".repeat(6_000) + "\"}"),
            render + encoded(CPU + "{\"" + "x".repeat(6_000) + "\"=~\"(\"}"),
            "/pyroscope/render-diff?leftQuery=x:y:::&rightQuery=x:y:" + "z".repeat(6_000) + "::",
            valid + "&from=" + "9x".repeat(3_000),
            valid + "&seconds=" + "1".repeat(6_000))) {
      AggregatedHttpResponse response = server.get(TENANT, path);

      assertThat(response.status().code()).as(path).isEqualTo(400);
      assertThat(response.contentUtf8()).contains("…").hasSizeLessThan(1_400);
    }
  }

  @Test
  void keepsLeafLocationsForGoPgo() throws IOException {
    long now = System.currentTimeMillis();
    String body =
        "{\"profileTypeID\":\""
            + CPU
            + "\",\"labelSelector\":\"{}\",\"start\":"
            + (now - 900_000)
            + ",\"end\":"
            + (now + 1)
            + ",\"stackTraceSelector\":{\"goPgo\":{\"keepLocations\":2,\"aggregateCallees\":true}}}";
    Profile.Builder merged = Profile.newBuilder();
    JsonFormat.parser()
        .merge(server.json(TENANT, "SelectMergeProfile", body).contentUtf8(), merged);
    Map<String, Long> leaves = new TreeMap<>();
    expected()
        .forEach(
            (path, value) -> {
              List<String> frames = List.of(path.split(";", -1));
              int from = Math.max(0, frames.size() - 2);
              leaves.merge(String.join(";", frames.subList(from, frames.size())), value, Long::sum);
            });

    assertThat(
            PushedProfile.sum(
                List.of(new PushedProfile(TENANT, LabelSet.EMPTY, merged.build())), 0, p -> true))
        .isEqualTo(leaves);
  }

  @Test
  void rendersDifference() throws IOException {
    String left = URLEncoder.encode(CPU + "{pod=\"pod-0\"}", StandardCharsets.UTF_8);
    String right = URLEncoder.encode(CPU + "{pod=\"pod-1\"}", StandardCharsets.UTF_8);
    JsonNode json =
        JsonMapper.builder()
            .build()
            .readTree(
                server
                    .get(
                        TENANT, "/pyroscope/render-diff?leftQuery=" + left + "&rightQuery=" + right)
                    .contentUtf8());
    assertThat(json.get("metadata").get("format").asText()).isEqualTo("double");
    assertThat(json.get("leftTicks").asLong() + json.get("rightTicks").asLong())
        .isEqualTo(PushedProfile.total(expected()));
    assertThat(json.get("flamebearer").get("levels").get(0)).hasSize(7);
  }

  @Test
  void listsLabelValues() {
    assertThat(server.get(TENANT, "/pyroscope/label-values?label=pod").contentUtf8())
        .isEqualTo("[\"pod-0\",\"pod-1\"]");
    assertThat(server.get(TENANT, "/pyroscope/label-values").status().code()).isEqualTo(400);
  }

  @Test
  void servesPageAndItsFiles() {
    AggregatedHttpResponse page = server.get(TENANT, "/");
    assertThat(page.contentUtf8()).contains("<html");
    assertThat(page.headers().get(HttpHeaderNames.CONTENT_SECURITY_POLICY))
        .contains("default-src 'none'");
    assertThat(server.get(TENANT, "/app.js").contentType()).isNotNull();
    AggregatedHttpResponse uplot = server.get(TENANT, "/static/uplot/uPlot.iife.min.js");
    assertThat(uplot.status().code()).isEqualTo(200);
    assertThat(uplot.headers().get(HttpHeaderNames.ETAG)).isNotEmpty();
    assertThat(server.get(TENANT, "/no-such-file.js").status().code()).isEqualTo(404);
    assertThat(server.get(TENANT, "/static/uplot/..%2fpackage.json").status().isClientError())
        .isTrue();
  }

  @Test
  void listsAllFunctions() throws IOException {
    Map<String, Long> selfs = new TreeMap<>();
    Map<String, Long> totals = new TreeMap<>();
    expected()
        .forEach(
            (path, value) -> {
              List<String> stack = List.of(path.split(";"));
              selfs.merge(stack.get(stack.size() - 1), value, Long::sum);
              new HashSet<>(stack).forEach(function -> totals.merge(function, value, Long::sum));
            });
    JsonNode json =
        JsonMapper.builder()
            .build()
            .readTree(render("&format=functions&max-nodes=1").contentUtf8());
    assertThat(json.get("total").asLong()).isEqualTo(PushedProfile.total(expected()));
    assertThat(json.get("totalFunctions").asInt()).isEqualTo(totals.size());
    assertThat(json.get("functions")).hasSize(totals.size());
    for (JsonNode function : json.get("functions")) {
      String name = function.get("name").asText();
      assertThat(function.get("self").asLong()).isEqualTo(selfs.getOrDefault(name, 0L));
      assertThat(function.get("total").asLong()).isEqualTo(totals.get(name));
    }

    JsonNode top =
        JsonMapper.builder().build().readTree(render("&format=functions&limit=3").contentUtf8());
    assertThat(top.get("functions")).hasSize(3).startsWith(json.get("functions").get(0));
    assertThat(top.get("totalFunctions").asInt()).isEqualTo(totals.size());
  }
}
