/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Message;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.PushResponse;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import io.flamelake.proto.querier.v1.SelectSeriesResponse;
import io.flamelake.proto.types.v1.Series;
import io.flamelake.testkit.TestProfiles;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * B5 to B9 of the list of bad inputs where SQL is behind the API: tenants, label values, regular
 * expressions and ranges that would break a statement they were pasted into.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileInputOnTrinoITCase {
  private static final List<String> TENANTS = List.of("a", "'", "a'or'1'-'1");
  private static final List<String> VALUES =
      List.of("' OR 1=1 --", "\"; DROP TABLE profiles; --", "back\\slash", "100%_like", "plain");
  private static final String VALUE_TENANT = "values";
  private static final long TINY_TOTAL = 60;

  private EngineUnderTest tested;

  @BeforeAll
  void start(@TempDir Path dir) {
    tested =
        EngineUnderTest.start(
            QueryEngine.TRINO,
            dir.resolve("data"),
            "-auth.multitenancy-enabled=true",
            "-ingester.checkpoint-interval=1s");
    for (int i = 0; i < TENANTS.size(); i++) {
      push(TENANTS.get(i), new TenantSecret(i).pushRequest());
    }

    for (String value : VALUES) {
      push(
          VALUE_TENANT,
          PushRequests.of(
              PushRequests.cpu(
                  "valued",
                  Map.of("hostile", value),
                  PushRequests.sample(TestProfiles.tinyCpu(Instant.now())))));
    }

    // What is still in the tail would be answered without SQL.
    try (OpenTables tables = OpenTables.of(tested.server().storage())) {
      await()
          .atMost(Duration.ofSeconds(90))
          .pollInterval(Duration.ofMillis(500))
          .until(() -> tables.profiles().size() == TENANTS.size() + VALUES.size());
    }
  }

  @AfterAll
  void stop() {
    if (tested != null) {
      tested.close();
    }
  }

  private void push(String tenant, PushRequest request) {
    client(tenant).call(PushRequests.METHOD, request, PushResponse.getDefaultInstance());
  }

  @Test
  void noAnswerHoldsAnotherTenantsProfile() {
    for (int i = 0; i < TENANTS.size(); i++) {
      expectAnswers(TENANTS.get(i), Set.of(i));
    }

    expectAnswers("a|'", Set.of(0, 1));
  }

  private void expectAnswers(String asking, Set<Integer> own) {
    for (int other = 0; other < TENANTS.size(); other++) {
      for (TenantSecret.Question question : new TenantSecret(other).questions()) {
        assertThat(question.isAnsweredTo(client(asking)))
            .as("%s asks for what %s has: %s", asking, TENANTS.get(other), question)
            .isEqualTo(own.contains(other));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "a/b", "a%2fb", "'; drop table profiles", "a|..", ""})
  void refusesBadTenants(String tenant) {
    HttpResponse<byte[]> response = post(tenant, CpuQueries.stacktraces("{}").build());
    assertThat(response.statusCode()).isIn(400, 401);
  }

  @Test
  void selectsByHostileValuesInAllFourMatchers() {
    for (String value : VALUES) {
      String quoted = quoted(value);
      String pattern = quoted(quotedPattern(value));
      long others = (VALUES.size() - 1) * TINY_TOTAL;
      assertThat(total("{hostile=" + quoted + "}")).as(value).isEqualTo(TINY_TOTAL);
      assertThat(total("{hostile!=" + quoted + "}")).as(value).isEqualTo(others);
      assertThat(total("{hostile=~" + pattern + "}")).as(value).isEqualTo(TINY_TOTAL);
      assertThat(total("{hostile!~" + pattern + "}")).as(value).isEqualTo(others);
    }

    assertThat(total("{hostile=\"' OR '1'='1\"}")).isZero();
  }

  /** A pattern that matches the text and nothing else. */
  private static String quotedPattern(String text) {
    return text.replaceAll("[^A-Za-z0-9 ]", "\\\\$0");
  }

  /** A string of a selector. */
  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  @Test
  void groupsByHostileNamesAndValues() {
    Map<String, Double> sums = new TreeMap<>();
    for (Series series : seriesBy("hostile")) {
      sums.put(series.getLabels(0).getValue(), CpuTotals.ofPoints(List.of(series)));
    }

    assertThat(sums.keySet()).containsExactlyInAnyOrderElementsOf(VALUES);
    assertThat(sums.values()).containsOnly((double) TINY_TOTAL);
    assertThat(CpuTotals.ofPoints(seriesBy("hostile'] OR 1=1 --")))
        .as("a label that nobody has")
        .isEqualTo(VALUES.size() * TINY_TOTAL);
  }

  private List<Series> seriesBy(String label) {
    return client(VALUE_TENANT)
        .call(
            CpuQueries.SELECT_SERIES,
            CpuQueries.series("{}").addGroupBy(label).build(),
            SelectSeriesResponse.getDefaultInstance())
        .getSeriesList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"(a+)+$", "(.*a){25}", "(?i)plain", "[^a-z]{3,}.*"})
  void answersRegularExpressionsInLinearTime(String pattern) {
    HttpResponse<byte[]> response =
        post(VALUE_TENANT, CpuQueries.stacktraces("{hostile=~" + quoted(pattern) + "}").build());
    assertThat(response.statusCode()).as(text(response)).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(?=a)", "(a)\\1", "a{1001}", "("})
  void refusesRegularExpressionsThatTheEngineDoesNotKnow(String pattern) {
    HttpResponse<byte[]> response =
        post(VALUE_TENANT, CpuQueries.stacktraces("{hostile=~" + quoted(pattern) + "}").build());
    assertThat(response.statusCode()).as(text(response)).isEqualTo(400);
  }

  /** B8: a pattern matches the whole value. */
  @Test
  void anchorsRegularExpressions() {
    assertThat(total("{hostile=~\"plai\"}")).isZero();
    assertThat(total("{hostile=~\"lain\"}")).isZero();
    assertThat(total("{hostile=~\"p.*n\"}")).isEqualTo(TINY_TOTAL);
    assertThat(total("{absent=\"\"}")).isEqualTo(VALUES.size() * TINY_TOTAL);
    assertThat(total("{absent=~\".+\"}")).isZero();
  }

  @Test
  void refusesRangesAndNumbersThatAreNone() {
    long end = CpuQueries.rangeEnd();
    for (long start : new long[] {0, end + 1, end - Duration.ofDays(3650).toMillis()}) {
      assertThat(
              post(VALUE_TENANT, CpuQueries.stacktraces("{}").setStart(start).setEnd(end).build())
                  .statusCode())
          .as("from %s to %s", start, end)
          .isEqualTo(400);
    }

    for (long maxNodes : new long[] {-1, 1L << 31}) {
      assertThat(
              post(VALUE_TENANT, CpuQueries.stacktraces("{}").setMaxNodes(maxNodes).build())
                  .statusCode())
          .as("maxNodes %s", maxNodes)
          .isEqualTo(400);
    }
  }

  private long total(String selector) {
    return client(VALUE_TENANT)
        .call(
            CpuQueries.SELECT_STACKTRACES,
            CpuQueries.stacktraces(selector).build(),
            SelectMergeStacktracesResponse.getDefaultInstance())
        .getFlamegraph()
        .getTotal();
  }

  private HttpResponse<byte[]> post(String tenant, Message request) {
    return client(tenant)
        .post("/" + CpuQueries.SELECT_STACKTRACES, "application/proto", request.toByteArray());
  }

  private FlamelakeClient client(String tenant) {
    return new FlamelakeClient(tested.server(), tenant);
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), UTF_8);
  }
}
