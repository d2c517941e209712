/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.querier.v1.DiffResponse;
import io.flamelake.proto.querier.v1.FlameGraphDiff;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import io.flamelake.testkit.BruteForce;
import io.flamelake.testkit.TestProfiles;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The calls of Grafana's Profiles Drilldown, bodies as odd as it sends them: both spellings of a
 * name in one message, numbers as strings, null, and fields and enum names of later versions.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DrilldownITCase {
  private FlamelakeProcess server;
  private FlamelakeClient http;
  private DrilldownClient client;
  private ShopProfiles shop;

  @BeforeAll
  void start(@TempDir Path dir) {
    server = FlamelakeProcess.start(dir.resolve("data"));
    http = new FlamelakeClient(server, null);
    client = new DrilldownClient(http);
    assertThat(profileStats().path("dataIngested").asBoolean()).as("before any profile").isFalse();
    shop = ShopProfiles.push(http);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private JsonNode profileStats() {
    return client.call(CpuQueries.QUERIER + "GetProfileStats", "{}");
  }

  @Test
  void skipsTheOnboarding() {
    assertThat(profileStats().path("dataIngested").asBoolean()).isTrue();
    assertThat(profileStats().path("oldestProfileTime").isTextual()).as("int64 as text").isTrue();
  }

  @Test
  void listsServicesOnTheLandingPage() {
    JsonNode pairs =
        client.call(
            CpuQueries.QUERIER + "Series",
            "{%s,\"labelNames\":[\"service_name\",\"__profile_type__\"],\"matchers\":[]}"
                .formatted(range()));
    assertThat(pairs.path("labelsSet")).hasSize(2);
    for (JsonNode pair : pairs.path("labelsSet")) {
      assertThat(pair.path("labels"))
          .extracting(label -> label.path("name").asText() + "=" + label.path("value").asText())
          .contains("service_name=" + ShopProfiles.SERVICE)
          .anyMatch(label -> label.startsWith("__profile_type__=process_cpu:"));
    }
  }

  @Test
  void listsLabelsOfAService() {
    String matcher =
        "{__profile_type__=\\\"%s\\\",service_name=\\\"%s\\\"}"
            .formatted(CpuQueries.CPU, ShopProfiles.SERVICE);
    JsonNode names =
        client.call(
            CpuQueries.QUERIER + "LabelNames",
            "{\"matchers\":[\"%s\"],%s}".formatted(matcher, range()));
    assertThat(names.path("names"))
        .extracting(JsonNode::asText)
        .contains("k8s.pod", "pod", "service_name");
    JsonNode values =
        client.call(
            CpuQueries.QUERIER + "LabelValues",
            "{\"name\":\"k8s.pod\",\"matchers\":[\"%s\"],%s}".formatted(matcher, range()));
    assertThat(values.path("names")).extracting(JsonNode::asText).containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"maxNodes\":null",
        "\"max_nodes\":\"16384\",\"format\":\"PROFILE_FORMAT_FLAMEGRAPH\"",
        "\"maxNodes\":16384,\"format\":\"PROFILE_FORMAT_OF_NEXT_YEAR\"",
        "\"format\":1,\"formatOptions\":{\"sandwich\":{\"limit\":3}},\"later\":[{\"a\":null}]"
      })
  void drawsFlameGraphs(String odd) {
    SelectMergeStacktracesResponse answer =
        read(
            client.call(
                CpuQueries.SELECT_STACKTRACES,
                "{\"profile_typeID\":\"%s\",\"labelSelector\":\"%s\",\"start\":\"%d\",\"end\":%d,%s}"
                    .formatted(
                        CpuQueries.CPU, selector(), shop.startMillis(), shop.endMillis(), odd)),
            SelectMergeStacktracesResponse.newBuilder(),
            SelectMergeStacktracesResponse.class);
    assertThat(FlameGraphReader.foldedStacks(answer.getFlamegraph()))
        .isEqualTo(shop.stacks(profile -> true));
  }

  @Test
  void drawsDifferencesInBothWays() {
    JsonNode render =
        client.get(
            "/pyroscope/render-diff?max-nodes=16384&leftQuery=%s&leftFrom=%d&leftUntil=%d&rightQuery=%s&rightFrom=%d&rightUntil=%d"
                .formatted(
                    renderQuery(),
                    shop.startMillis(),
                    shop.middleMillis(),
                    renderQuery(),
                    shop.middleMillis(),
                    shop.endMillis()));
    FlameGraphDiff difference =
        read(
                client.call(
                    CpuQueries.QUERIER + "Diff",
                    "{\"left\":%s,\"right\":%s}"
                        .formatted(
                            side(shop.startMillis(), shop.middleMillis()),
                            side(shop.middleMillis(), shop.endMillis()))),
                DiffResponse.newBuilder(),
                DiffResponse.class)
            .getFlamegraph();
    assertThat(FlameGraphReader.leftStacks(difference))
        .isEqualTo(shop.stacks(profile -> profile.timeMillis() < shop.middleMillis()));
    assertThat(FlameGraphReader.rightStacks(difference))
        .isEqualTo(shop.stacks(profile -> profile.timeMillis() >= shop.middleMillis()));
    assertThat(render.at("/metadata/format").asText()).isEqualTo("double");
    assertThat(render.path("leftTicks").asLong()).isEqualTo(difference.getLeftTicks());
    assertThat(render.path("rightTicks").asLong()).isEqualTo(difference.getRightTicks());
    assertThat(render.at("/flamebearer/names"))
        .extracting(JsonNode::asText)
        .containsExactlyElementsOf(difference.getNamesList());
    for (int i = 0; i < difference.getLevelsCount(); i++) {
      assertThat(render.at("/flamebearer/levels").get(i))
          .extracting(JsonNode::asLong)
          .containsExactlyElementsOf(difference.getLevels(i).getValuesList());
    }
  }

  @Test
  void exportsTheProfileOfACallSite() throws InvalidProtocolBufferException {
    String callSite =
        "\"stackTraceSelector\":{\"call_site\":[{\"name\":\"main\"},{\"name\":\"work\"}]}";
    Profile fromJson =
        read(
            client.call(
                CpuQueries.SELECT_PROFILE,
                "{\"profile_typeID\":\"%s\",\"label_selector\":\"%s\",%s,%s,\"maxNodes\":16384}"
                    .formatted(CpuQueries.CPU, selector(), range(), callSite)),
            Profile.newBuilder(),
            Profile.class);
    assertThat(BruteForce.foldedStacks(List.of(fromJson.toByteArray()), "cpu"))
        .isEqualTo(shop.stacksOfCallSite());

    HttpResponse<byte[]> file =
        http.send(
            "POST",
            "/" + CpuQueries.SELECT_PROFILE,
            Map.of("content-type", "application/proto"),
            CpuQueries.profile(ShopProfiles.SELECTOR).build().toByteArray());
    assertThat(file.statusCode()).isEqualTo(200);
    assertThat(file.headers().firstValue("content-type")).contains("application/proto");
    assertThat(BruteForce.foldedStacks(List.of(file.body()), "cpu"))
        .as("the body is the file")
        .isEqualTo(shop.stacks(profile -> true));
  }

  @Test
  void keepsSettings() {
    String service = "settings.v1.SettingsService/";
    JsonNode set =
        client.call(
            service + "Set",
            "{\"setting\":{\"name\":\"pluginSettings\",\"value\":\"{\\\"maxNodes\\\":1024}\"}}");
    assertThat(set.at("/setting/value").asText()).isEqualTo("{\"maxNodes\":1024}");
    JsonNode settings = client.call(service + "Get", "{}").path("settings");
    assertThat(settings).hasSize(1);
    assertThat(settings.get(0).path("name").asText()).isEqualTo("pluginSettings");
    assertThat(settings.get(0).path("value").asText()).isEqualTo("{\"maxNodes\":1024}");
    assertThat(settings.get(0).path("modifiedAt").isTextual()).isTrue();
  }

  @Test
  void namesItsFeatures() {
    JsonNode flags =
        client
            .call("capabilities.v1.FeatureFlagsService/GetFeatureFlags", "{}")
            .path("featureFlags");
    assertThat(flags)
        .as("Drilldown sends utf8 names only if this is on")
        .anySatisfy(
            flag -> {
              assertThat(flag.path("name").asText()).isEqualTo("utf8LabelNames");
              assertThat(flag.path("enabled").asBoolean()).isTrue();
            });
  }

  @Test
  void showsUploadedProfiles() {
    String service = "adhocprofiles.v1.AdHocProfileService/";
    Instant time = Instant.now();
    JsonNode uploaded = client.call(service + "Upload", upload("tiny.pprof", time));
    assertThat(flamebearer(uploaded).at("/flamebearer/numTicks").asLong()).isEqualTo(60);
    String id = uploaded.path("id").asText();
    JsonNode found = client.call(service + "Get", "{\"id\":\"%s\"}".formatted(id));
    assertThat(flamebearer(found)).isEqualTo(flamebearer(uploaded));
    assertThat(found.path("name").asText()).isEqualTo("tiny.pprof");

    String other = client.call(service + "Upload", upload("again.pprof", time)).path("id").asText();
    assertThat(client.call(service + "List", "{}").path("profiles"))
        .extracting(profile -> profile.path("id").asText())
        .containsExactlyInAnyOrder(id, other);
    JsonNode difference =
        client.call(
            service + "Diff",
            "{\"leftId\":\"%s\",\"rightId\":\"%s\",\"maxNodes\":null}".formatted(id, other));
    assertThat(flamebearer(difference).path("leftTicks").asLong()).isEqualTo(60);
    assertThat(flamebearer(difference).path("rightTicks").asLong()).isEqualTo(60);
  }

  private static String upload(String name, Instant time) {
    return "{\"name\":\"%s\",\"profile\":\"%s\",\"maxNodes\":16384}"
        .formatted(name, Base64.getEncoder().encodeToString(TestProfiles.tinyCpu(time)));
  }

  private static JsonNode flamebearer(JsonNode answer) {
    return DrilldownClient.parse(answer.path("flamebearerProfile").asText());
  }

  /** Drilldown hides what these services would show when they are not there. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "vcs.v1.VCSService/GithubApp",
        "settings.v1.RecordingRulesService/ListRecordingRules"
      })
  void refusesServicesThatAreNotThere(String method) {
    assertThat(client.post(method, "{}").statusCode()).isIn(404, 501);
  }

  private String side(long start, long end) {
    return "{\"profileTypeID\":\"%s\",\"labelSelector\":\"%s\",\"start\":%d,\"end\":%d,\"maxNodes\":16384}"
        .formatted(CpuQueries.CPU, selector(), start, end);
  }

  private String range() {
    return "\"start\":%d,\"end\":%d".formatted(shop.startMillis(), shop.endMillis());
  }

  private static String selector() {
    return ShopProfiles.SELECTOR.replace("\"", "\\\"");
  }

  private static String renderQuery() {
    return URLEncoder.encode(CpuQueries.CPU + ShopProfiles.SELECTOR, UTF_8);
  }

  private static <T extends Message> T read(
      JsonNode answer, Message.Builder builder, Class<T> type) {
    try {
      JsonFormat.parser().merge(answer.toString(), builder);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("An answer of another form: " + answer, e);
    }

    return type.cast(builder.build());
  }
}
