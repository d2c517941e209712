/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flamelake.proto.push.v1.PushResponse;
import io.flamelake.proto.types.v1.GetProfileStatsRequest;
import io.flamelake.proto.types.v1.GetProfileStatsResponse;
import io.flamelake.testkit.TestProfiles;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tenants whose ids would break SQL, paths or globs if they were ever pasted into one. Each writes
 * one profile that carries its {@link TenantSecret} everywhere. No answer to another tenant may
 * hold it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TenantIsolationITCase {
  private static final List<String> TENANTS =
      List.of("a", "b", "*", "'", "(a)", "a'or'1'-'1", "..a", "!", "x".repeat(150));

  private FlamelakeProcess server;

  @BeforeAll
  void start(@TempDir Path dir) {
    server =
        FlamelakeProcess.start(
            dir.resolve("data"),
            "-auth.multitenancy-enabled=true",
            "-ingester.checkpoint-interval=1s");
    for (int i = 0; i < TENANTS.size(); i++) {
      client(TENANTS.get(i))
          .call(
              PushRequests.METHOD,
              new TenantSecret(i).pushRequest(),
              PushResponse.getDefaultInstance());
    }
  }

  @AfterAll
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void noAnswerHoldsAnotherTenantsProfile() {
    expectOnlyOwn("in the hot tail");
    try (OpenTables tables = OpenTables.of(server.storage())) {
      await()
          .atMost(Duration.ofSeconds(40))
          .until(() -> tables.profiles().size() == TENANTS.size());
    }

    expectOnlyOwn("in the tables");
    expectAnswers("a|b", Set.of(0, 1), "in the tables");
    expectAnswers("'|a|'", Set.of(0, 3), "in the tables");
    expectAnswers("newcomer", Set.of(), "in the tables");
    expectAnswers("newcomer|*", Set.of(2), "in the tables");
  }

  private void expectOnlyOwn(String where) {
    for (int i = 0; i < TENANTS.size(); i++) {
      expectAnswers(TENANTS.get(i), Set.of(i), where);
    }
  }

  /** All that these tenants wrote is answered, and nothing else. */
  private void expectAnswers(String asking, Set<Integer> own, String where) {
    FlamelakeClient client = client(asking);
    for (int other = 0; other < TENANTS.size(); other++) {
      for (TenantSecret.Question question : new TenantSecret(other).questions()) {
        assertThat(question.isAnsweredTo(client))
            .as("%s asks for what %s has %s: %s", asking, TENANTS.get(other), where, question)
            .isEqualTo(own.contains(other));
      }
    }

    assertThat(hasProfiles(client)).as(asking + " " + where).isEqualTo(!own.isEmpty());
  }

  private static boolean hasProfiles(FlamelakeClient client) {
    return client
        .call(
            CpuQueries.QUERIER + "GetProfileStats",
            GetProfileStatsRequest.getDefaultInstance(),
            GetProfileStatsResponse.getDefaultInstance())
        .getDataIngested();
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", ".", "a/b", "a%2fb", "a;b", "'; drop table profiles", "a b", "a|b"})
  void refusesBadIdsOnWrites(String tenant) {
    HttpResponse<byte[]> response =
        client(tenant)
            .post(
                "/" + PushRequests.METHOD,
                "application/proto",
                new TenantSecret(99).pushRequest().toByteArray());
    assertThat(response.statusCode()).as(new String(response.body(), UTF_8)).isIn(400, 401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..",
        "a/b",
        "a%2fb",
        "a;b",
        "'; drop table profiles",
        "a|..",
        "a||b",
        "|",
        "a|b c"
      })
  void refusesBadIdsOnReads(String tenant) {
    for (TenantSecret.Question question : new TenantSecret(0).questions()) {
      HttpResponse<byte[]> response =
          client(tenant)
              .send(
                  question.method(),
                  question.path(),
                  Map.of("Content-Type", "application/proto"),
                  question.body());
      assertThat(response.statusCode())
          .as("%s: %s", question, new String(response.body(), UTF_8))
          .isIn(400, 401);
    }
  }

  @Test
  void keepsSettingsAndUploadsApart() {
    DrilldownClient a = new DrilldownClient(client("a"));
    DrilldownClient b = new DrilldownClient(client("b"));
    a.call(
        "settings.v1.SettingsService/Set",
        "{\"setting\":{\"name\":\"mine\",\"value\":\"hidden\"}}");
    assertThat(a.call("settings.v1.SettingsService/Get", "{}").toString()).contains("hidden");
    assertThat(b.call("settings.v1.SettingsService/Get", "{}").toString()).doesNotContain("hidden");

    String adHoc = "adhocprofiles.v1.AdHocProfileService/";
    String profile = Base64.getEncoder().encodeToString(TestProfiles.tinyCpu(Instant.now()));
    String id =
        a.call(adHoc + "Upload", "{\"name\":\"mine\",\"profile\":\"%s\"}".formatted(profile))
            .path("id")
            .asText();
    String get = "{\"id\":\"%s\"}".formatted(id);
    assertThat(a.post(adHoc + "Get", get).statusCode()).isEqualTo(200);
    assertThat(b.post(adHoc + "Get", get).statusCode()).isEqualTo(404);
    assertThat(b.call(adHoc + "List", "{}").path("profiles")).isEmpty();
  }

  @Test
  void refusesRequestsWithoutATenant() {
    FlamelakeClient nobody = new FlamelakeClient(server, null);
    assertThat(
            nobody.post("/" + PushRequests.METHOD, "application/proto", new byte[0]).statusCode())
        .isEqualTo(401);
    for (TenantSecret.Question question : new TenantSecret(0).questions()) {
      assertThat(
              nobody
                  .send(
                      question.method(),
                      question.path(),
                      Map.of("Content-Type", "application/proto"),
                      question.body())
                  .statusCode())
          .as(question.name())
          .isEqualTo(401);
    }

    assertThat(
            nobody.post("/ingest?name=app", "application/octet-stream", new byte[0]).statusCode())
        .isEqualTo(401);
  }

  private FlamelakeClient client(String tenant) {
    return new FlamelakeClient(server, tenant);
  }
}
