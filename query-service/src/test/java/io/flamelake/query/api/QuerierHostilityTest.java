/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.proto.querier.v1.SelectSeriesRequest;
import io.flamelake.proto.querier.v1.SelectSeriesResponse;
import io.flamelake.query.QueryConfig;
import io.flamelake.query.QueryServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tenants, label values and regular expressions that are up to no good, in table and tail. */
class QuerierHostilityTest {
  private static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  private static final List<TenantId> TENANTS =
      List.of(new TenantId("o'connor"), new TenantId("*"), new TenantId("(a.b)!"));
  private static final List<String> VALUES =
      List.of(
          "' OR 1=1 --",
          "\"; DROP TABLE profiles",
          "back\\slash",
          "nul\u0000nul",
          "x".repeat(2049),
          "%",
          "größe☃");

  @TempDir private static Path directory;

  private static final List<PushedProfile> PUSHED = new ArrayList<>();
  private static QueryServer server;
  private static long start;
  private static long end;

  @BeforeAll
  static void push() throws IOException {
    server = new QueryServer(directory, QueryConfig.builder().multitenancyEnabled(true).build());
    end = System.currentTimeMillis();
    start = end - 60_000;
    Random random = new Random(2);
    for (int i = 0; i < VALUES.size(); i++) {
      if (i == VALUES.size() / 2) {
        server.commit();
      }

      for (TenantId tenant : TENANTS.subList(0, 2)) {
        PushedProfile profile =
            PushedProfile.random(
                random,
                tenant,
                LabelSet.of("service_name", "of " + tenant, "v", VALUES.get(i), "k8s.ns", "n"),
                start + i);
        server.push(tenant, profile.toRecord());
        PUSHED.add(profile);
      }
    }
  }

  @AfterAll
  static void close() {
    server.close();
  }

  @Test
  void showsTenantsNothingOfEachOther() {
    String range = "\"start\":" + start + ",\"end\":" + end;
    String query = "\"profileTypeID\":\"" + CPU + "\",\"labelSelector\":\"{}\"," + range;
    Map<String, String> requests = new LinkedHashMap<>();
    requests.put("ProfileTypes", "{" + range + "}");
    requests.put("LabelNames", "{" + range + "}");
    requests.put("LabelValues", "{\"name\":\"service_name\"," + range + "}");
    requests.put("Series", "{" + range + "}");
    requests.put("SelectMergeStacktraces", "{" + query + "}");
    requests.put("SelectMergeProfile", "{" + query + "}");
    requests.put("SelectSeries", "{\"step\":15,\"groupBy\":[\"service_name\"]," + query + "}");
    requests.put("Diff", "{\"left\":{" + query + "},\"right\":{" + query + "}}");
    requests.put("GetProfileStats", "{}");
    requests.forEach(
        (method, body) -> {
          String first = server.json(TENANTS.get(0), method, body).contentUtf8();
          String second = server.json(TENANTS.get(1), method, body).contentUtf8();
          assertThat(first).as(method).isNotEqualTo("{}").doesNotContain("of *");
          assertThat(second).as(method).isNotEqualTo("{}").doesNotContain("of o'connor");
          AggregatedHttpResponse nothing = server.json(TENANTS.get(2), method, body);
          assertThat(nothing.status().code()).isEqualTo(200);
          assertThat(nothing.contentUtf8())
              .as(method)
              .doesNotContain("of ", "main.f", "process_cpu:", "dataIngested");
        });

    SelectSeriesResponse series = selectSeries(TENANTS.get(0), "{}");
    assertThat(total(series))
        .isEqualTo(
            PushedProfile.total(
                PushedProfile.sum(PUSHED, 1, p -> p.tenant().equals(TENANTS.get(0)))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400|..|",
        "400|a/b|",
        "400|a%2fb|",
        "400|; drop table|",
        "400|größe|",
        "400|tenant|tenant2",
        "200|*|",
      })
  void checksTenantIds(int status, String first, @Nullable String second) {
    RequestHeadersBuilder headers =
        RequestHeaders.builder(HttpMethod.POST, "/querier.v1.QuerierService/ProfileTypes")
            .contentType(MediaType.JSON)
            .add("x-scope-orgid", first);
    if (second != null) {
      headers.add("x-scope-orgid", second);
    }

    assertThat(status(headers.build())).isEqualTo(status);
  }

  @Test
  void wantsTenantOfAllowedLength() {
    RequestHeaders none =
        RequestHeaders.builder(HttpMethod.POST, "/querier.v1.QuerierService/ProfileTypes")
            .contentType(MediaType.JSON)
            .build();
    assertThat(status(none)).isEqualTo(401);
    assertThat(status(none.withMutations(h -> h.set("x-scope-orgid", "")))).isEqualTo(401);
    assertThat(status(none.withMutations(h -> h.set("x-scope-orgid", "a".repeat(151)))))
        .isEqualTo(400);
    assertThat(
            server
                .client()
                .get("/pyroscope/render?query=" + CPU)
                .aggregate()
                .join()
                .status()
                .code())
        .isEqualTo(401);
  }

  private static int status(RequestHeaders headers) {
    return server
        .client()
        .execute(headers, HttpData.ofUtf8("{}"))
        .aggregate()
        .join()
        .status()
        .code();
  }

  @Test
  void matchesHostileValuesAsAnOracleDoes() {
    Map<String, BiPredicate<String, String>> operators = new LinkedHashMap<>();
    operators.put("=", String::equals);
    operators.put("!=", (value, wanted) -> !value.equals(wanted));
    operators.put("=~", String::equals);
    operators.put("!~", (value, wanted) -> !value.equals(wanted));
    TenantId tenant = TENANTS.get(1);
    for (String wanted : VALUES) {
      operators.forEach(
          (operator, oracle) -> {
            String pattern = operator.endsWith("~") ? Pattern.quote(wanted) : wanted;
            SelectSeriesResponse response =
                selectSeries(tenant, "{v" + operator + quote(pattern) + "}");
            assertThat(total(response))
                .as("v %s %s", operator, wanted)
                .isEqualTo(
                    PushedProfile.total(
                        PushedProfile.sum(
                            PUSHED,
                            1,
                            p ->
                                p.tenant().equals(tenant)
                                    && oracle.test(p.labels().value("v"), wanted))));
          });
    }
  }

  @Test
  void groupsByHostileNames() {
    List<String> names = new ArrayList<>(List.of("v\"; DROP TABLE", "", "v'"));
    names.addAll(VALUES);
    for (String name : names) {
      SelectSeriesResponse response =
          select(TENANTS.get(1), SelectSeriesRequest.newBuilder().addGroupBy(name), "{}");
      assertThat(response.getSeriesList()).hasSize(1);
      assertThat(response.getSeries(0).getLabelsList()).isEmpty();
    }

    SelectSeriesResponse byValue =
        select(TENANTS.get(1), SelectSeriesRequest.newBuilder().addGroupBy("v"), "{}");
    assertThat(byValue.getSeriesList())
        .extracting(series -> series.getLabels(0).getValue())
        .containsExactlyInAnyOrderElementsOf(VALUES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(?=a)", "\\1", "(a", "a{1001}", "[z-a]"})
  void refusesRegexesThatRe2Lacks(String regex) {
    String body = "{\"name\":\"v\",\"matchers\":[" + quote("{v=~" + quote(regex) + "}") + "]}";
    assertThat(server.json(TENANTS.get(0), "LabelValues", body).status().code()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(a+)+$", "(.*a){25}", "(x+x+)+y", "(a|b|ab)*c"})
  void takesExpensiveRegexesInLinearTime(String regex) {
    String body = "{\"name\":\"v\",\"matchers\":[" + quote("{v=~" + quote(regex) + "}") + "]}";
    long before = System.nanoTime();
    assertThat(server.json(TENANTS.get(0), "LabelValues", body).contentUtf8()).isEqualTo("{}");
    assertThat(System.nanoTime() - before).isLessThan(2_000_000_000L);
  }

  @Test
  void showsLabelNamesOutsideOfLegacyAlphabetOnDemand() {
    RequestHeaders legacy =
        QueryServer.headers(
                TENANTS.get(0), HttpMethod.POST, "/querier.v1.QuerierService/LabelNames")
            .contentType(MediaType.JSON)
            .build();
    RequestHeaders utf8 =
        legacy.withMutations(h -> h.set("accept", "application/json; allow-utf8-labelnames=true"));
    assertThat(content(legacy)).doesNotContain("k8s.ns");
    assertThat(content(utf8)).contains("k8s.ns");
    assertThat(total(selectSeries(TENANTS.get(0), "{\"k8s.ns\"=\"n\"}"))).isPositive();
  }

  private static String content(RequestHeaders headers) {
    return server.client().execute(headers, HttpData.ofUtf8("{}")).aggregate().join().contentUtf8();
  }

  private static String quote(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : value.toCharArray()) {
      if (c == 0) {
        quoted.append("\\u0000");
      } else {
        quoted.append(c == '"' || c == '\\' ? "\\" : "").append(c);
      }
    }

    return quoted.append('"').toString();
  }

  private static SelectSeriesResponse selectSeries(TenantId tenant, String selector) {
    return select(tenant, SelectSeriesRequest.newBuilder(), selector);
  }

  private static SelectSeriesResponse select(
      TenantId tenant, SelectSeriesRequest.Builder request, String selector) {
    return server.call(
        tenant,
        "SelectSeries",
        request
            .setProfileTypeID(CPU)
            .setLabelSelector(selector)
            .setStart(start)
            .setEnd(end + 60_000)
            .setStep(60)
            .build(),
        SelectSeriesResponse.getDefaultInstance());
  }

  private static long total(SelectSeriesResponse response) {
    return (long)
        response.getSeriesList().stream()
            .flatMap(series -> series.getPointsList().stream())
            .mapToDouble(point -> point.getValue())
            .sum();
  }

  @Test
  void boundsLengthOfAlternations() {
    String alternation = "a|".repeat(5_000) + "%";
    SelectSeriesResponse response = selectSeries(TENANTS.get(0), "{v=~" + quote(alternation) + "}");
    assertThat(total(response)).isPositive();
    assertThat(alternation.getBytes(StandardCharsets.UTF_8)).hasSizeGreaterThan(10_000);
  }
}
