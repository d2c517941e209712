/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.query.QueryConfig;
import io.flamelake.query.QueryServer;
import io.flamelake.query.adhoc.AdHocConfig;
import io.flamelake.testkit.Gzip;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdHocApiTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MAX_BYTES = 100_000;

  @TempDir private static Path directory;
  private static QueryServer server;

  @BeforeAll
  static void start() {
    server =
        new QueryServer(
            directory,
            QueryConfig.builder()
                .multitenancyEnabled(true)
                .adHoc(new AdHocConfig(MAX_BYTES, 3))
                .build());
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static AggregatedHttpResponse call(TenantId tenant, String method, Object... fields) {
    ObjectNode body = JSON.createObjectNode();
    for (int i = 0; i < fields.length; i += 2) {
      body.putPOJO((String) fields[i], fields[i + 1]);
    }

    try {
      return server.post(
          tenant, "/adhocprofiles.v1.AdHocProfileService/" + method, JSON.writeValueAsString(body));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static AggregatedHttpResponse upload(TenantId tenant, String name, byte[] file) {
    return call(
        tenant, "Upload", "name", name, "profile", Base64.getEncoder().encodeToString(file));
  }

  private static JsonNode json(AggregatedHttpResponse response) throws IOException {
    assertThat(response.status().code()).as(response.contentUtf8()).isEqualTo(200);
    return JSON.readTree(response.contentUtf8());
  }

  private static JsonNode graph(JsonNode response) throws IOException {
    return JSON.readTree(response.get("flamebearerProfile").asText());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static PushedProfile random(int seed) {
    return PushedProfile.random(new Random(seed), TenantId.ANONYMOUS, LabelSet.EMPTY, 1);
  }

  private static long total(PushedProfile profile, int type) {
    return PushedProfile.total(PushedProfile.sum(List.of(profile), type, p -> true));
  }

  @Test
  void uploadsAndShowsPprof() throws IOException {
    TenantId tenant = new TenantId("pprof");
    PushedProfile profile = random(1);
    String name = "../../CPU (1).pb.gz";
    JsonNode uploaded = json(upload(tenant, name, Gzip.compress(profile.profile().toByteArray())));
    String id = uploaded.get("id").asText();
    assertThat(id).matches("[0-9A-Z]{26}-\\Q" + name + "\\E");
    assertThat(uploaded.get("name").asText()).isEqualTo(name);
    assertThat(uploaded.get("profileTypes")).hasToString("[\"samples\",\"cpu\"]");
    assertThat(uploaded.get("profileType").asText()).isEqualTo("samples");

    JsonNode cpu = json(call(tenant, "Get", "id", id, "profileType", "cpu", "maxNodes", 5));
    assertThat(graph(cpu).get("flamebearer").get("numTicks").asLong()).isEqualTo(total(profile, 1));
    assertThat(graph(cpu).get("flamebearer").get("names").toString()).contains("\"other\"");
    assertThat(graph(cpu).get("metadata").get("name").asText()).isEqualTo("cpu");

    JsonNode list = json(call(tenant, "List"));
    assertThat(list.get("profiles")).hasSize(1);
    assertThat(list.get("profiles").get(0).get("id").asText()).isEqualTo(id);
    assertThat(list.get("profiles").get(0).get("name").asText()).isEqualTo(name);
    assertThat(list.get("profiles").get(0).get("uploadedAt").asLong())
        .isBetween(System.currentTimeMillis() - 600_000, System.currentTimeMillis());
  }

  @Test
  void comparesTwo() throws IOException {
    TenantId tenant = new TenantId("diff");
    List<String> ids = new ArrayList<>();
    for (int seed : new int[] {2, 3}) {
      ids.add(
          json(upload(tenant, "p" + seed, random(seed).profile().toByteArray()))
              .get("id")
              .asText());
    }

    JsonNode diff =
        json(
            call(
                tenant, "Diff", "leftId", ids.get(0), "rightId", ids.get(1), "profileType", "cpu"));
    assertThat(diff.get("profileTypes")).hasToString("[\"samples\",\"cpu\"]");
    assertThat(graph(diff).get("leftTicks").asLong()).isEqualTo(total(random(2), 1));
    assertThat(graph(diff).get("rightTicks").asLong()).isEqualTo(total(random(3), 1));
    assertThat(graph(diff).get("metadata").get("format").asText()).isEqualTo("double");

    String other = json(upload(tenant, "c", bytes("a;b 3\n"))).get("id").asText();
    assertThat(
            json(call(tenant, "Diff", "leftId", other, "rightId", ids.get(0))).get("profileTypes"))
        .hasToString("[\"samples\"]");
    assertThat(
            call(tenant, "Diff", "leftId", other, "rightId", ids.get(0), "profileType", "cpu")
                .status()
                .code())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "collapsed | main;a b;c 3~main 4~~main;a b;c 2~ | samples | 9",
        "speedscope-sampled | {'shared':{'frames':[{'name':'main'},{'name':'f'}]},'profiles':"
            + "[{'type':'sampled','unit':'milliseconds','samples':[[0],[0,1]],'weights':[1,2.5]}]}"
            + " | time | 3500000",
        "speedscope-evented | {'shared':{'frames':[{'name':'main'},{'name':'f'}]},'profiles':"
            + "[{'type':'evented','unit':'none','startValue':5,'endValue':9,'events':["
            + "{'type':'O','frame':0,'at':5},{'type':'O','frame':1,'at':6},"
            + "{'type':'C','frame':1,'at':8},{'type':'C','frame':0,'at':9}]}]} | samples | 4"
      })
  void readsOtherFormats(String name, String file, String type, long total) throws IOException {
    TenantId tenant = new TenantId(name);
    byte[] content = bytes(file.replace('~', '\n').replace('\'', '"'));

    JsonNode uploaded = json(upload(tenant, name, content));

    assertThat(uploaded.get("profileType").asText()).isEqualTo(type);
    assertThat(graph(uploaded).get("flamebearer").get("numTicks").asLong()).isEqualTo(total);
    assertThat(graph(uploaded).get("flamebearer").get("names").get(1).asText()).isEqualTo("main");
    assertThat(json(upload(tenant, name, Gzip.compress(content))).get("profileType").asText())
        .isEqualTo(type);
  }

  @Test
  void refusesWhatItCannotRead() {
    TenantId tenant = new TenantId("refused");
    Map<String, byte[]> files =
        Map.of(
            "Java Flight Recordings are not supported",
            new byte[] {'F', 'L', 'R', 0, 0, 2},
            "The profile is empty",
            new byte[0],
            "Line 2 is no stack with a value: main",
            bytes("main 1\nmain\n"),
            "not of speedscope",
            bytes("{\"version\":1}"),
            "No readable pprof",
            new byte[] {8, 1, 2, 3},
            "No such frame: 7",
            bytes(
                "{\"shared\":{\"frames\":[]},\"profiles\":[{\"type\":\"sampled\","
                    + "\"unit\":\"none\",\"samples\":[[7]],\"weights\":[1]}]}"));
    files.forEach(
        (reason, file) -> {
          AggregatedHttpResponse response = upload(tenant, "x", file);
          assertThat(response.status().code()).isEqualTo(400);
          assertThat(response.contentUtf8())
              .contains(reason)
              .contains("supported: pprof, collapsed stacks and speedscope");
        });
    assertThat(call(tenant, "Upload", "name", "x", "profile", "*").contentUtf8())
        .contains("profile is not base64");
    assertThat(upload(tenant, "", bytes("a 1")).status().code()).isEqualTo(400);
    assertThat(upload(tenant, "ü".repeat(100), bytes("a 1")).status().code()).isEqualTo(400);
    assertThat(upload(tenant, "big", new byte[2 * MAX_BYTES]).status().code()).isEqualTo(413);
    assertThat(call(tenant, "List").contentUtf8()).isEqualTo("{}");
  }

  @Test
  void refusesABombOfGzip() throws IOException {
    AggregatedHttpResponse response =
        upload(new TenantId("bomb"), "bomb", Gzip.compress(new byte[10 * MAX_BYTES]));

    assertThat(response.status().code()).isEqualTo(400);
    assertThat(response.contentUtf8()).contains("exceeds limit of " + MAX_BYTES);
  }

  @Test
  void keepsNoMoreThanTheLimit() {
    TenantId tenant = new TenantId("full");
    for (int i = 0; i < 3; i++) {
      assertThat(upload(tenant, "p", bytes("a 1")).status().code()).isEqualTo(200);
    }

    assertThat(upload(tenant, "p", bytes("a 1")).status().code()).isEqualTo(429);
  }

  @Test
  void hidesProfilesFromOtherTenants() throws IOException {
    String id = json(upload(new TenantId("owner"), "p", bytes("a 1"))).get("id").asText();

    AggregatedHttpResponse response = call(new TenantId("Owner"), "Get", "id", id);
    assertThat(response.status().code()).isEqualTo(404);
    assertThat(response.contentUtf8()).contains("\"code\":\"not_found\"");
    assertThat(call(new TenantId("Owner"), "List").contentUtf8()).isEqualTo("{}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "../owner/x",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV-"
      })
  void refusesMalformedIds(String id) {
    assertThat(call(new TenantId("t"), "Get", "id", id).status().code()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../../etc/passwd", "x", "\u0000", "a/b"})
  void findsNothingOutsideOfTheTenantsProfiles(String name) {
    assertThat(
            call(new TenantId("t"), "Get", "id", "01ARZ3NDEKTSV4RRFFQ69G5FAV-" + name)
                .status()
                .code())
        .isEqualTo(404);
  }
}
