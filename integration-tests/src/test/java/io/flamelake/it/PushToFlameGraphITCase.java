/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.PushResponse;
import io.flamelake.proto.querier.v1.ProfileTypesRequest;
import io.flamelake.proto.querier.v1.ProfileTypesResponse;
import io.flamelake.proto.querier.v1.SelectSeriesResponse;
import io.flamelake.proto.querier.v1.SeriesRequest;
import io.flamelake.proto.querier.v1.SeriesResponse;
import io.flamelake.proto.types.v1.LabelNamesRequest;
import io.flamelake.proto.types.v1.LabelNamesResponse;
import io.flamelake.proto.types.v1.LabelValuesRequest;
import io.flamelake.proto.types.v1.LabelValuesResponse;
import io.flamelake.testkit.BruteForce;
import io.flamelake.testkit.Gzip;
import io.flamelake.testkit.TestProfiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * A pushed pprof is in the first query after its acknowledgement, whichever way it was pushed, and
 * in every later one: after its commit, after a restart, after a kill. What is expected comes from
 * the pprof itself, read with protobuf's generated code.
 */
class PushToFlameGraphITCase extends BaseServerITCase {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What was pushed, by service. */
  private final Map<String, byte[]> pushed = new TreeMap<>();

  PushToFlameGraphITCase() {
    super("-ingester.checkpoint-interval=1s");
  }

  @Test
  void answersTheFirstQueryAfterTheAckAndEveryLaterOne() {
    byte[] cpu = TestProfiles.at(TestProfiles.goCpu(), Instant.now());
    push("json", cpu, this::pushJson);
    push("proto", cpu, (service, body) -> pushProto(service, body, false));
    push("gzip", cpu, (service, body) -> pushProto(service, body, true));
    push(
        "grpc", cpu, (service, body) -> GrpcPush.push(server.uri("/"), pushRequest(service, body)));
    push("raw", cpu, this::ingestRaw);
    push("multipart", cpu, this::ingestMultipart);

    awaitCommit("multipart");
    expectAll("after the commit");
    assertThat(server.terminate()).as("exit status after SIGTERM").isIn(0, 143);
    server.restart();
    expectAll("after a restart");
    server.kill();
    server.restart();
    expectAll("after kill -9");
    expectOpenTablesToAgree();
  }

  @Test
  void takesANameOfThirtyLabelsAndSixKilobytes() {
    StringBuilder name = new StringBuilder("thirty{");
    for (int i = 0; i < 30; i++) {
      name.append(i == 0 ? "" : ",").append("label_").append(i).append('=').append("v".repeat(200));
    }

    name.append('}');
    byte[] body = TestProfiles.at(TestProfiles.goCpu(), Instant.now());
    HttpResponse<byte[]> response =
        client.post(
            "/ingest?format=pprof&name=" + URLEncoder.encode(name.toString(), UTF_8),
            "application/octet-stream",
            body);
    assertThat(response.statusCode()).as(new String(response.body(), UTF_8)).isEqualTo(200);
    LabelValuesResponse values =
        client.call(
            CpuQueries.QUERIER + "LabelValues",
            LabelValuesRequest.newBuilder()
                .setName("label_29")
                .addMatchers("{service_name=\"thirty\"}")
                .setStart(CpuQueries.rangeStart())
                .setEnd(CpuQueries.rangeEnd())
                .build(),
            LabelValuesResponse.getDefaultInstance());
    assertThat(values.getNamesList()).containsExactly("v".repeat(200));
  }

  private interface Pusher {
    void push(String service, byte[] pprof);
  }

  private void push(String service, byte[] pprof, Pusher pusher) {
    pushed.put(service, pprof);
    pusher.push(service, pprof);
    expect(service, "in the first query after the ack");
  }

  private void pushJson(String service, byte[] pprof) {
    String json =
        """
        {"series":[{"labels":[{"name":"__name__","value":"process_cpu"},
          {"name":"service_name","value":"%s"},{"name":"pod","value":"pod-%s"}],
          "samples":[{"ID":"%s","rawProfile":"%s"}],"unknown_field":{"a":[1]}}]}
        """
            .formatted(
                service,
                service,
                UUID.randomUUID(),
                Base64.getEncoder().encodeToString(Gzip.compress(pprof)));
    client.callJson(PushRequests.METHOD, json, PushResponse.getDefaultInstance());
  }

  private void pushProto(String service, byte[] pprof, boolean gzip) {
    client.call(
        PushRequests.METHOD,
        pushRequest(service, gzip ? Gzip.compress(pprof) : pprof),
        PushResponse.getDefaultInstance());
  }

  private static PushRequest pushRequest(String service, byte[] rawProfile) {
    return PushRequests.of(
        PushRequests.cpu(
            service,
            Map.of("pod", "pod-" + service),
            PushRequests.sample(UUID.randomUUID().toString(), rawProfile)));
  }

  private void ingestRaw(String service, byte[] pprof) {
    String name = URLEncoder.encode(service + "{pod=pod-" + service + "}", UTF_8);
    HttpResponse<byte[]> response =
        client.post(
            "/ingest?format=pprof&name=" + name, "application/octet-stream", Gzip.compress(pprof));
    assertThat(response.statusCode()).as(new String(response.body(), UTF_8)).isEqualTo(200);
  }

  private void ingestMultipart(String service, byte[] pprof) {
    String boundary = "boundary-of-this-test";
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try {
      body.write(
          ("--%s\r\nContent-Disposition: form-data; name=\"profile\"; filename=\"cpu.pprof\"\r\n"
                  + "Content-Type: application/octet-stream\r\n\r\n")
              .formatted(boundary)
              .getBytes(UTF_8));
      body.write(Gzip.compress(pprof));
      body.write(("\r\n--" + boundary + "--\r\n").getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    String name = URLEncoder.encode(service + "{pod=pod-" + service + "}", UTF_8);
    HttpResponse<byte[]> response =
        client.post(
            "/ingest?name=" + name,
            "multipart/form-data; boundary=" + boundary,
            body.toByteArray());
    assertThat(response.statusCode()).as(new String(response.body(), UTF_8)).isEqualTo(200);
  }

  private void expectAll(String when) {
    pushed.keySet().forEach(service -> expect(service, when));
  }

  private void expect(String service, String when) {
    long total = BruteForce.total(List.of(pushed.get(service)), "cpu");
    String selector = CpuQueries.ofService(service);
    String what = service + " " + when;
    assertThat(CpuTotals.ofFlameGraph(client, service))
        .as("flame graph of " + what)
        .isEqualTo(total);
    SelectSeriesResponse series =
        client.call(
            CpuQueries.SELECT_SERIES,
            CpuQueries.series(selector).addGroupBy("pod").build(),
            SelectSeriesResponse.getDefaultInstance());
    assertThat(series.getSeriesList()).as("series of " + what).hasSize(1);
    assertThat(series.getSeries(0).getLabelsList())
        .containsExactly(PushRequests.label("pod", "pod-" + service));
    assertThat(CpuTotals.ofPoints(series.getSeriesList())).as("series of " + what).isEqualTo(total);

    Profile merged =
        client.call(
            CpuQueries.SELECT_PROFILE,
            CpuQueries.profile(selector).build(),
            Profile.getDefaultInstance());
    assertThat(BruteForce.total(List.of(merged.toByteArray()), "cpu"))
        .as("merged pprof of " + what)
        .isEqualTo(total);

    expectRender(selector, total, what);
    expectStacks(selector, BruteForce.foldedStacks(List.of(pushed.get(service)), "cpu"), what);
    expectLabels(service, selector, what);
  }

  private void expectRender(String selector, long total, String what) {
    String query = URLEncoder.encode(CpuQueries.CPU + selector, UTF_8);
    try {
      JsonNode render =
          JSON.readTree(
              client.getText(
                  "/pyroscope/render?from=now-1h&until="
                      + CpuQueries.rangeEnd()
                      + "&query="
                      + query));
      assertThat(render.at("/flamebearer/numTicks").asLong()).as("render " + what).isEqualTo(total);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void expectStacks(String selector, Map<String, Long> expected, String what) {
    String query = URLEncoder.encode(CpuQueries.CPU + selector, UTF_8);
    String collapsed =
        client.getText(
            "/pyroscope/render?format=collapsed&maxNodes=1000000&from=now-1h&until="
                + CpuQueries.rangeEnd()
                + "&query="
                + query);
    Map<String, Long> stacks = new TreeMap<>();
    collapsed
        .lines()
        .forEach(
            line -> {
              int space = line.lastIndexOf(' ');
              stacks.put(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
            });
    assertThat(stacks).as("stacks of " + what).isEqualTo(new TreeMap<>(expected));
  }

  private void expectLabels(String service, String selector, String what) {
    ProfileTypesResponse types =
        client.call(
            CpuQueries.QUERIER + "ProfileTypes",
            ProfileTypesRequest.newBuilder()
                .setStart(CpuQueries.rangeStart())
                .setEnd(CpuQueries.rangeEnd())
                .build(),
            ProfileTypesResponse.getDefaultInstance());
    assertThat(types.getProfileTypesList())
        .as(what)
        .anyMatch(type -> type.getID().equals(CpuQueries.CPU));

    LabelNamesResponse names =
        client.call(
            CpuQueries.QUERIER + "LabelNames",
            LabelNamesRequest.newBuilder()
                .addMatchers(selector)
                .setStart(CpuQueries.rangeStart())
                .setEnd(CpuQueries.rangeEnd())
                .build(),
            LabelNamesResponse.getDefaultInstance());
    assertThat(names.getNamesList())
        .as(what)
        .contains("service_name", "pod", "__profile_type__", "__name__")
        .isSorted();

    LabelValuesResponse values =
        client.call(
            CpuQueries.QUERIER + "LabelValues",
            LabelValuesRequest.newBuilder()
                .setName("service_name")
                .setStart(CpuQueries.rangeStart())
                .setEnd(CpuQueries.rangeEnd())
                .build(),
            LabelValuesResponse.getDefaultInstance());
    assertThat(values.getNamesList()).as(what).contains(service);

    SeriesResponse series =
        client.call(
            CpuQueries.QUERIER + "Series",
            SeriesRequest.newBuilder()
                .addLabelNames("service_name")
                .addLabelNames("__profile_type__")
                .setStart(CpuQueries.rangeStart())
                .setEnd(CpuQueries.rangeEnd())
                .build(),
            SeriesResponse.getDefaultInstance());
    assertThat(series.getLabelsSetList())
        .as(what)
        .anySatisfy(
            labels ->
                assertThat(labels.getLabelsList())
                    .containsExactlyInAnyOrder(
                        PushRequests.label("service_name", service),
                        PushRequests.label("__profile_type__", CpuQueries.CPU)));
  }

  private void awaitCommit(String service) {
    try (OpenTables tables = OpenTables.of(server.storage())) {
      tables.awaitProfile(service);
    }
  }

  /** Iceberg's own reader gives the API's totals, and every stack id of a row has its symbols. */
  private void expectOpenTablesToAgree() {
    Map<String, Long> totals = new TreeMap<>();
    Map<String, Long> sums = new TreeMap<>();
    Set<List<Object>> referenced = new LinkedHashSet<>();
    Set<List<Object>> symbols = new LinkedHashSet<>();
    try (OpenTables tables = OpenTables.of(server.storage())) {
      tables.profiles().stream()
          .filter(row -> row.getField("profile_type").equals(CpuQueries.CPU))
          .forEach(
              row -> {
                String service = (String) row.getField("service_name");
                List<?> stackIds = (List<?>) row.getField("stack_ids");
                List<?> values = (List<?>) row.getField("values");
                totals.merge(service, (Long) row.getField("total_value"), Long::sum);
                sums.merge(
                    service, values.stream().mapToLong(value -> (Long) value).sum(), Long::sum);
                stackIds.forEach(id -> referenced.add(List.of(service, id)));
              });
      tables
          .stacks()
          .forEach(
              row -> symbols.add(List.of(row.getField("service_name"), row.getField("stack_id"))));
    }

    for (String service : pushed.keySet()) {
      long total = BruteForce.total(List.of(pushed.get(service)), "cpu");
      assertThat(totals.get(service)).as("total_value of " + service).isEqualTo(total);
      assertThat(sums.get(service)).as("values of " + service).isEqualTo(total);
    }

    assertThat(symbols).containsAll(referenced);
  }
}
