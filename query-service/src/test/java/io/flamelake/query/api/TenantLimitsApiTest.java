/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.query.QueryConfig;
import io.flamelake.query.QueryLimits;
import io.flamelake.query.QueryServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TenantLimitsApiTest {
  private static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  private static final TenantId STRICT = new TenantId("strict");
  private static final TenantId PLAIN = new TenantId("plain");
  private static final QueryLimits STRICT_LIMITS =
      new QueryLimits(Duration.ofHours(1), Duration.ofHours(3), 3, 10, true, 1);

  private static volatile QueryLimits limitsInForce = STRICT_LIMITS;

  @TempDir private static Path directory;
  private static QueryServer server;

  @BeforeAll
  static void start() {
    QueryConfig config = QueryConfig.builder().multitenancyEnabled(true).build();
    server =
        new QueryServer(
            directory, config, tenant -> tenant.equals(STRICT) ? limitsInForce : config.limits());
    Random random = new Random(8);
    for (TenantId tenant : new TenantId[] {STRICT, PLAIN}) {
      for (int pod = 0; pod < 2; pod++) {
        server.push(
            tenant,
            PushedProfile.random(
                    random,
                    tenant,
                    LabelSet.of("service_name", "shop", "pod", "pod-" + pod),
                    System.currentTimeMillis() - 60_000)
                .toRecord());
      }
    }
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static AggregatedHttpResponse select(TenantId tenant, int hours, String fields) {
    return ask(tenant, "SelectMergeStacktraces", hours, fields);
  }

  private static AggregatedHttpResponse ask(
      TenantId tenant, String method, int hours, String fields) {
    long now = System.currentTimeMillis();
    String body =
        "{'profileTypeID':'"
            + CPU
            + "','labelSelector':'{}','start':"
            + (now - hours * 3_600_000L)
            + ",'end':"
            + now
            + fields
            + '}';
    return server.json(tenant, method, body.replace('\'', '"'));
  }

  @Test
  void holdsEachTenantToItsOwnLimits() {
    AggregatedHttpResponse refused = select(STRICT, 2, "");
    assertThat(refused.status().code()).isEqualTo(400);
    assertThat(refused.contentUtf8()).contains("max_query_length, actual: 2h, limit: 1h");
    assertThat(select(PLAIN, 2, "").status().code()).isEqualTo(200);

    assertThat(select(STRICT, 1, ",'maxNodes':11").contentUtf8())
        .contains("max flamegraph nodes limit 11 is greater than allowed 10");
    assertThat(select(PLAIN, 1, ",'maxNodes':11").status().code()).isEqualTo(200);
    assertThat(select(STRICT, 1, "").contentUtf8()).contains("\"other\"");
    assertThat(select(PLAIN, 1, "").contentUtf8()).doesNotContain("\"other\"");
    assertThat(ask(STRICT, "SelectMergeProfile", 1, "").contentUtf8()).contains("\"other\"");
    assertThat(ask(PLAIN, "SelectMergeProfile", 1, "").contentUtf8()).doesNotContain("\"other\"");
    assertThat(server.json(STRICT, "Series", "{}").status().code()).isEqualTo(400);
    assertThat(server.json(PLAIN, "Series", "{}").status().code()).isEqualTo(200);
  }

  @Test
  void holdsAJoinOfTenantsToTheStrictest() {
    String both = PLAIN.value() + '|' + STRICT.value();
    String path = "/pyroscope/render?from=now-2h&until=now&query=" + CPU + "%7B%7D";

    assertThat(get(both, path).status().code()).isEqualTo(400);
    assertThat(get(PLAIN.value(), path).status().code()).isEqualTo(200);
  }

  private static AggregatedHttpResponse get(String tenants, String path) {
    return server
        .client()
        .prepare()
        .get(path)
        .header("x-scope-orgid", tenants)
        .execute()
        .aggregate()
        .join();
  }

  @Test
  void takesNewLimitsAtOnce() {
    try {
      limitsInForce = QueryConfig.defaults().limits();
      assertThat(select(STRICT, 2, "").status().code()).isEqualTo(200);
    } finally {
      limitsInForce = STRICT_LIMITS;
    }
  }

  @Test
  void answersAsynchronousQueryAsTheSynchronousOne() {
    String fields = ",'maxNodes':5";
    AggregatedHttpResponse started = select(PLAIN, 1, fields + ",'async':{'type':1}");
    assertThat(started.contentUtf8()).contains("\"status\":\"ASYNC_QUERY_STATUS_IN_PROGRESS\"");
    String id = started.contentUtf8().replaceAll(".*\"requestId\":\"([^\"]*)\".*", "$1");
    String poll = "{\"async\":{\"requestId\":\"" + id + "\"}}";

    String answer =
        await()
            .atMost(Duration.ofMinutes(1))
            .until(
                () -> server.json(PLAIN, "SelectMergeStacktraces", poll).contentUtf8(),
                text -> !text.contains("IN_PROGRESS"));
    String async =
        ",\"async\":{\"requestId\":\"" + id + "\",\"status\":\"ASYNC_QUERY_STATUS_SUCCESS\"}";
    assertThat(answer.replace(async, "")).isEqualTo(select(PLAIN, 1, fields).contentUtf8());
    assertThat(server.json(STRICT, "SelectMergeStacktraces", poll).status().code()).isEqualTo(404);
    assertThat(select(PLAIN, 48, ",'async':{'type':1}").status().code()).isEqualTo(400);
  }
}
