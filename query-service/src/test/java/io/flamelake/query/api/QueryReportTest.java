/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;
import io.flamelake.query.QueryConfig;
import io.flamelake.query.QueryServer;
import io.flamelake.query.RollUpPeriod;
import io.flamelake.query.TestProfile;
import io.flamelake.query.lake.FileLayout;
import io.flamelake.query.lake.RollUpWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueryReportTest {
  private static final TenantId TENANT = TenantId.ANONYMOUS;
  private static final String TYPE = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  private static final LabelSet LABELS = LabelSet.of("service_name", "shop");

  private final Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS).minusSeconds(7_200);
  private QueryServer server;

  @BeforeEach
  void start(@TempDir Path directory) {
    server = new QueryServer(directory, QueryConfig.defaults());
  }

  @AfterEach
  void close() {
    server.close();
  }

  private void push(Instant time) {
    server.push(
        TENANT,
        PushedProfile.random(new Random(1), TENANT, LABELS, time.toEpochMilli()).toRecord());
  }

  private HttpHeaders ask(String method, Instant from, Instant to) {
    String request =
        "{\"profileTypeID\": \"%s\", \"labelSelector\": \"{}\", \"start\": %d, \"end\": %d}"
            .formatted(TYPE, from.toEpochMilli(), to.toEpochMilli());
    return headers(server.json(TENANT, method, request));
  }

  private static HttpHeaders headers(AggregatedHttpResponse response) {
    assertThat(response.status().code()).as(response.contentUtf8()).isEqualTo(200);
    return response.headers();
  }

  private static long read(HttpHeaders headers, String what) {
    return headers.getLong("flamelake-read-" + what, -1);
  }

  @Test
  void tellsWhereProfilesOfAnswerCameFrom() throws IOException {
    push(hour.plusSeconds(60));
    push(hour.plusSeconds(61));
    HttpHeaders fromTail = ask("SelectMergeStacktraces", hour, hour.plusSeconds(3_600));
    assertThat(fromTail.get("flamelake-read-engine")).isEqualTo("lake");
    assertThat(read(fromTail, "tail-segments")).isEqualTo(2);
    assertThat(read(fromTail, "profiles")).isZero();
    assertThat(read(fromTail, "files")).isZero();

    server.commit();
    HttpHeaders fromTable = ask("SelectMergeStacktraces", hour, hour.plusSeconds(3_600));
    assertThat(read(fromTable, "tail-segments")).isZero();
    assertThat(read(fromTable, "profiles")).isEqualTo(2);
    assertThat(read(fromTable, "files")).isPositive();
    assertThat(read(fromTable, "bytes")).isPositive();
    assertThat(read(fromTable, "fetched-bytes")).isPositive();
    HttpHeaders fromCache = ask("SelectMergeStacktraces", hour, hour.plusSeconds(3_600));
    assertThat(read(fromCache, "profiles")).isEqualTo(2);
    assertThat(read(fromCache, "bytes")).isPositive();
    assertThat(read(fromCache, "fetched-bytes")).isZero();
    assertThat(server.metric("flamelake.query.read.profiles")).isEqualTo(4);

    long micros = hour.toEpochMilli() * 1_000;
    TestProfile profile =
        new TestProfile(
            TENANT,
            ProfileType.parse(TYPE),
            LABELS,
            micros,
            UUID.randomUUID(),
            List.of(new TestProfile.Sample(List.of(TestProfile.Frame.of("main")), 1, 0, 0)));
    new RollUpWriter(server.catalog().tables(), FileLayout.ICEBERG)
        .write(RollUpPeriod.HOUR, TENANT, RollUpPeriod.HOUR.number(micros), List.of(profile));
    HttpHeaders fromRollUp = ask("SelectMergeStacktraces", hour, hour.plusSeconds(3_600));
    assertThat(read(fromRollUp, "hours")).isEqualTo(1);
    assertThat(read(fromRollUp, "days")).isZero();
    assertThat(read(fromRollUp, "profiles")).isZero();
    HttpHeaders fromBoth = ask("SelectMergeStacktraces", hour, hour.plusSeconds(3_599));
    assertThat(read(fromBoth, "hours")).isZero();
    assertThat(read(fromBoth, "profiles")).isEqualTo(2);
  }

  @Test
  void tellsSoWhateverIsAsked() throws IOException {
    push(hour);
    server.commit();
    Instant end = hour.plusSeconds(9);
    assertThat(read(ask("SelectMergeProfile", hour, end), "profiles")).isEqualTo(1);
    String series =
        "{\"profileTypeID\": \"%s\", \"labelSelector\": \"{}\", \"start\": %d, \"end\": %d, \"step\": 1}"
            .formatted(TYPE, hour.toEpochMilli(), end.toEpochMilli());
    assertThat(read(headers(server.json(TENANT, "SelectSeries", series)), "profiles")).isEqualTo(1);
    String render = "?query=" + TYPE + "%7B%7D&from=" + hour.getEpochSecond();
    assertThat(read(headers(server.get(TENANT, "/pyroscope/render" + render)), "profiles"))
        .as("flame graph and timeline")
        .isEqualTo(2);
    assertThat(read(ask("LabelNames", hour, end), "files")).isEqualTo(1);
    assertThat(server.json(TENANT, "SelectSeries", "{}").headers().names())
        .doesNotContain(HttpHeaderNames.of("flamelake-read-engine"));
  }
}
