/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.model.LabelSet;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.model.pprof.PprofFrame;
import io.flamelake.proto.push.v1.PushResponse;
import io.flamelake.proto.querier.v1.FlameGraph;
import io.flamelake.proto.querier.v1.SelectMergeSpanProfileRequest;
import io.flamelake.proto.querier.v1.SelectMergeSpanProfileResponse;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.data.Record;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Spans, traces and profile ids that clients send with samples are found by them, before the commit
 * and in the tables: labels of a pprof, contexts of JFR, links of OTLP. Every client sends two
 * stacks, one of them from within a span.
 */
class AnnotationsITCase extends BaseServerITCase {
  private static final String WALL = "wall:wall:nanoseconds:wall:nanoseconds";
  private static final String SPAN = "9a517183f26a089d";
  private static final String TRACE = "5b8aa5a2d2c872e8321cf37308d69df2";

  /** Three and five samples of 10 ms. */
  private static final Map<String, Long> ALL =
      Map.of(SpannedRecording.IN_SPAN, 30_000_000L, SpannedRecording.OUTSIDE, 50_000_000L);

  private static final Map<String, Long> WITHIN = Map.of(SpannedRecording.IN_SPAN, 30_000_000L);

  AnnotationsITCase() {
    super("-ingester.checkpoint-interval=1s");
  }

  @Test
  void findsThemInPprofs() {
    UUID id = UUID.randomUUID();

    push("push", id, LabelSet.of("span_id", SPAN, "trace_id", TRACE));

    expect("push", CpuQueries.CPU, true, id);
  }

  /** What Pyroscope's older client libraries call a span. */
  @Test
  void findsSpansByTheirOldName() {
    UUID id = UUID.randomUUID();

    push("old", id, LabelSet.of("profile_id", SPAN));

    expect("old", CpuQueries.CPU, false, id);
  }

  @Test
  void findsThemInRecordings() throws IOException {
    byte[] form =
        SpannedRecording.form("boundary", 3, 5, Map.of("profile_id", SPAN, "trace_id", TRACE));

    HttpResponse<byte[]> response =
        client.post(
            "/ingest?format=jfr&name=jfr&from=now-1m&until=now",
            "multipart/form-data; boundary=boundary",
            form);

    assertThat(response.statusCode()).as(new String(response.body(), UTF_8)).isEqualTo(200);
    expect("jfr", WALL, true, null);
  }

  @Test
  void findsThemInOpenTelemetrysProfiles() {
    UUID id = UUID.randomUUID();
    String export =
        """
        {"resourceProfiles":[{
          "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"otlp"}}]},
          "scopeProfiles":[{"profiles":[{
            "sampleType":{"typeStrindex":1,"unitStrindex":2},
            "periodType":{"typeStrindex":3,"unitStrindex":4},"period":10000000,
            "timeUnixNano":"%d","profileId":"%s","samples":[
              {"stackIndex":1,"linkIndex":1,"values":[3]},{"stackIndex":2,"values":[5]}]}]}]}],
         "dictionary":{
          "stringTable":["","samples","count","cpu","nanoseconds","%s","%s"],
          "functionTable":[{},{"nameStrindex":5},{"nameStrindex":6}],
          "mappingTable":[{}],"attributeTable":[{}],
          "locationTable":[{},{"lines":[{"functionIndex":1}]},{"lines":[{"functionIndex":2}]}],
          "stackTable":[{},{"locationIndices":[1]},{"locationIndices":[2]}],
          "linkTable":[{},{"traceId":"%s","spanId":"%s"}]}}
        """
            .formatted(
                nowNanos(),
                id.toString().replace("-", ""),
                SpannedRecording.IN_SPAN,
                SpannedRecording.OUTSIDE,
                TRACE,
                SPAN);

    HttpResponse<byte[]> response =
        client.post("/v1development/profiles", "application/json", export.getBytes(UTF_8));

    assertThat(response.statusCode()).as(new String(response.body(), UTF_8)).isEqualTo(200);
    expect("otlp", CpuQueries.CPU, true, id);
  }

  private void push(String service, UUID id, LabelSet within) {
    byte[] pprof =
        new PprofBuilder()
            .addSampleType("cpu", "nanoseconds")
            .periodType("cpu", "nanoseconds")
            .timeNanos(nowNanos())
            .addSample(List.of(PprofFrame.of(SpannedRecording.IN_SPAN)), within, 30_000_000)
            .addSample(List.of(SpannedRecording.OUTSIDE), 50_000_000)
            .toByteArray();
    client.call(
        PushRequests.METHOD,
        PushRequests.of(PushRequests.cpu(service, PushRequests.sample(id.toString(), pprof))),
        PushResponse.getDefaultInstance());
  }

  private static long nowNanos() {
    return TimeUnit.MILLISECONDS.toNanos(Instant.now().toEpochMilli());
  }

  /**
   * Expects the same of queries before and after the commit, and the ids in the table.
   *
   * @param id of the profile, or null where the client cannot give one
   */
  private void expect(String service, String type, boolean hasTrace, @Nullable UUID id) {
    expectQueries(service, type, hasTrace, id);
    Record row = awaitRow(service);
    assertThat(spans(row)).containsExactlyInAnyOrder(0L, Long.parseUnsignedLong(SPAN, 16));
    if (hasTrace) {
      assertThat(traces(row)).containsExactlyInAnyOrder("0".repeat(32), TRACE);
    } else {
      assertThat(row.getField("trace_ids")).isNull();
    }

    if (id != null) {
      assertThat(row.getField("profile_id")).isEqualTo(id);
    }

    expectQueries(service, type, hasTrace, id);
  }

  private void expectQueries(String service, String type, boolean hasTrace, @Nullable UUID id) {
    String selector = CpuQueries.ofService(service);
    SelectMergeStacktracesRequest all =
        CpuQueries.stacktraces(selector).setProfileTypeID(type).build();
    assertThat(values(flameGraph(all))).isEqualTo(ALL);
    assertThat(values(flameGraph(all.toBuilder().addSpanSelector(SPAN).build()))).isEqualTo(WITHIN);
    assertThat(values(flameGraph(all.toBuilder().addSpanSelector("1111111111111111").build())))
        .isEmpty();
    assertThat(values(flameGraph(all.toBuilder().addTraceIdSelector(TRACE).build())))
        .isEqualTo(hasTrace ? WITHIN : Map.of());
    assertThat(values(spanProfile(selector, type))).isEqualTo(WITHIN);
    if (id != null) {
      assertThat(values(flameGraph(all.toBuilder().addProfileIdSelector(id.toString()).build())))
          .isEqualTo(ALL);
    }

    String other = UUID.randomUUID().toString();
    assertThat(values(flameGraph(all.toBuilder().addProfileIdSelector(other).build()))).isEmpty();
  }

  private FlameGraph flameGraph(SelectMergeStacktracesRequest request) {
    return client
        .call(
            CpuQueries.SELECT_STACKTRACES,
            request,
            SelectMergeStacktracesResponse.getDefaultInstance())
        .getFlamegraph();
  }

  private FlameGraph spanProfile(String selector, String type) {
    return client
        .call(
            CpuQueries.QUERIER + "SelectMergeSpanProfile",
            SelectMergeSpanProfileRequest.newBuilder()
                .setProfileTypeID(type)
                .setLabelSelector(selector)
                .addSpanSelector(SPAN)
                .setStart(CpuQueries.rangeStart())
                .setEnd(CpuQueries.rangeEnd())
                .build(),
            SelectMergeSpanProfileResponse.getDefaultInstance())
        .getFlamegraph();
  }

  /** Sums by which of the two functions a stack has; a recording's have the test's callers too. */
  private static Map<String, Long> values(FlameGraph graph) {
    Map<String, Long> sums = new TreeMap<>();
    FlameGraphReader.foldedStacks(graph)
        .forEach(
            (stack, value) -> {
              boolean within = stack.contains(SpannedRecording.IN_SPAN);
              assertThat(within ^ stack.contains(SpannedRecording.OUTSIDE)).as(stack).isTrue();
              sums.merge(
                  within ? SpannedRecording.IN_SPAN : SpannedRecording.OUTSIDE, value, Long::sum);
            });
    return sums;
  }

  private Record awaitRow(String service) {
    try (OpenTables tables = OpenTables.of(server.storage())) {
      return tables.awaitProfile(service);
    }
  }

  private static List<Long> spans(Record row) {
    return ((List<?>) row.getField("span_ids")).stream().map(Long.class::cast).toList();
  }

  private static List<String> traces(Record row) {
    return ((List<?>) row.getField("trace_ids"))
        .stream().map(id -> HexFormat.of().formatHex((byte[]) id)).toList();
  }
}
