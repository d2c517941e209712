/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.PushResponse;
import io.flamelake.proto.push.v1.RawProfileSeries;
import io.flamelake.proto.push.v1.RawSample;
import io.flamelake.proto.querier.v1.DiffRequest;
import io.flamelake.proto.querier.v1.DiffResponse;
import io.flamelake.proto.querier.v1.ProfileFormat;
import io.flamelake.proto.querier.v1.ProfileTypesRequest;
import io.flamelake.proto.querier.v1.ProfileTypesResponse;
import io.flamelake.proto.querier.v1.SelectMergeProfileRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import io.flamelake.proto.querier.v1.SelectSeriesRequest;
import io.flamelake.proto.querier.v1.SelectSeriesResponse;
import io.flamelake.proto.querier.v1.SeriesRequest;
import io.flamelake.proto.querier.v1.SeriesResponse;
import io.flamelake.proto.types.v1.GetProfileStatsRequest;
import io.flamelake.proto.types.v1.GetProfileStatsResponse;
import io.flamelake.proto.types.v1.LabelNamesRequest;
import io.flamelake.proto.types.v1.LabelNamesResponse;
import io.flamelake.proto.types.v1.LabelPair;
import io.flamelake.proto.types.v1.LabelValuesRequest;
import io.flamelake.proto.types.v1.LabelValuesResponse;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tenants whose ids would break SQL, paths or globs if they were ever pasted into one. Each writes
 * one profile that carries its number everywhere: in a function, a label name, a label value, the
 * service and the profile type. No answer to another tenant may hold it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TenantIsolationITCase {
  private static final String QUERIER = "querier.v1.QuerierService/";
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
      push(i);
    }
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void noAnswerHoldsAnotherTenantsProfile() {
    for (int i = 0; i < TENANTS.size(); i++) {
      expectOnlyOwn(i, "in the hot tail");
    }

    try (OpenTables tables = OpenTables.of(server.storage())) {
      await()
          .atMost(Duration.ofSeconds(40))
          .until(() -> tables.profiles().size() == TENANTS.size());
    }

    for (int i = 0; i < TENANTS.size(); i++) {
      expectOnlyOwn(i, "in the tables");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", ".", "a/b", "a%2fb", "a;b", "'; drop table profiles", "a b", "a|b"})
  void refusesBadIdsOnWrites(String tenant) {
    HttpResponse<byte[]> response =
        new FlamelakeClient(server, tenant)
            .post("/push.v1.PusherService/Push", "application/proto", request(99).toByteArray());
    assertThat(response.statusCode()).as(new String(response.body(), UTF_8)).isIn(400, 401);
  }

  @Test
  void refusesRequestsWithoutATenant() {
    FlamelakeClient nobody = new FlamelakeClient(server, null);
    assertThat(
            nobody
                .post("/push.v1.PusherService/Push", "application/proto", new byte[0])
                .statusCode())
        .isEqualTo(401);
    assertThat(
            nobody
                .post("/" + QUERIER + "ProfileTypes", "application/json", "{}".getBytes(UTF_8))
                .statusCode())
        .isEqualTo(401);
    assertThat(nobody.get("/pyroscope/render?query=a:b:c:d:e%7B%7D").statusCode()).isEqualTo(401);
    assertThat(
            nobody.post("/ingest?name=app", "application/octet-stream", new byte[0]).statusCode())
        .isEqualTo(401);
  }

  private void push(int number) {
    client(number)
        .call("push.v1.PusherService/Push", request(number), PushResponse.getDefaultInstance());
  }

  private static PushRequest request(int number) {
    String secret = secret(number);
    byte[] pprof =
        new PprofBuilder()
            .addSampleType("kind_" + secret, "count")
            .timeNanos(TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()))
            .addSample(List.of("leaf_" + secret, "main"), number + 1)
            .toByteArray();
    return PushRequest.newBuilder()
        .addSeries(
            RawProfileSeries.newBuilder()
                .addLabels(label("__name__", "profile_" + secret))
                .addLabels(label("service_name", "service_" + secret))
                .addLabels(label("label_" + secret, "value_" + secret))
                .addSamples(
                    RawSample.newBuilder()
                        .setID(UUID.randomUUID().toString())
                        .setRawProfile(ByteString.copyFrom(pprof))))
        .build();
  }

  /** A word that is in everything a tenant wrote and in nothing else. */
  private static String secret(int number) {
    return "secret" + number;
  }

  private static LabelPair label(String name, String value) {
    return LabelPair.newBuilder().setName(name).setValue(value).build();
  }

  private FlamelakeClient client(int number) {
    return new FlamelakeClient(server, TENANTS.get(number));
  }

  private void expectOnlyOwn(int number, String where) {
    long start = System.currentTimeMillis() - Duration.ofHours(1).toMillis();
    long end = System.currentTimeMillis() + Duration.ofMinutes(1).toMillis();
    FlamelakeClient client = client(number);
    for (int other = 0; other < TENANTS.size(); other++) {
      boolean own = other == number;
      String what = TENANTS.get(number) + " asks for what " + TENANTS.get(other) + " has " + where;
      String type = "profile_" + secret(other) + ":kind_" + secret(other) + ":count::";
      SelectMergeStacktracesRequest.Builder stacktraces =
          SelectMergeStacktracesRequest.newBuilder()
              .setProfileTypeID(type)
              .setLabelSelector("{}")
              .setStart(start)
              .setEnd(end);
      for (ProfileFormat format :
          List.of(
              ProfileFormat.PROFILE_FORMAT_FLAMEGRAPH,
              ProfileFormat.PROFILE_FORMAT_DOT,
              ProfileFormat.PROFILE_FORMAT_TREE,
              ProfileFormat.PROFILE_FORMAT_PPROF)) {
        expect(
            own,
            "leaf_" + secret(other),
            client.call(
                QUERIER + "SelectMergeStacktraces",
                stacktraces.setFormat(format).build(),
                SelectMergeStacktracesResponse.getDefaultInstance()),
            what + " as " + format);
      }

      expect(
          own,
          "leaf_" + secret(other),
          client.call(
              QUERIER + "SelectMergeProfile",
              SelectMergeProfileRequest.newBuilder()
                  .setProfileTypeID(type)
                  .setLabelSelector("{}")
                  .setStart(start)
                  .setEnd(end)
                  .build(),
              Profile.getDefaultInstance()),
          what);
      expect(
          own,
          "value_" + secret(other),
          client.call(
              QUERIER + "SelectSeries",
              SelectSeriesRequest.newBuilder()
                  .setProfileTypeID(type)
                  .setLabelSelector("{}")
                  .addGroupBy("label_" + secret(other))
                  .setStep(15)
                  .setStart(start)
                  .setEnd(end)
                  .build(),
              SelectSeriesResponse.getDefaultInstance()),
          what);
      SelectMergeStacktracesRequest side =
          stacktraces.setFormat(ProfileFormat.PROFILE_FORMAT_UNSPECIFIED).build();
      expect(
          own,
          "leaf_" + secret(other),
          client.call(
              QUERIER + "Diff",
              DiffRequest.newBuilder().setLeft(side).setRight(side).build(),
              DiffResponse.getDefaultInstance()),
          what);
      expect(
          own,
          "value_" + secret(other),
          client.call(
              QUERIER + "LabelValues",
              LabelValuesRequest.newBuilder()
                  .setName("label_" + secret(other))
                  .setStart(start)
                  .setEnd(end)
                  .build(),
              LabelValuesResponse.getDefaultInstance()),
          what);
    }

    Message types =
        client.call(
            QUERIER + "ProfileTypes",
            ProfileTypesRequest.newBuilder().setStart(start).setEnd(end).build(),
            ProfileTypesResponse.getDefaultInstance());
    Message names =
        client.call(
            QUERIER + "LabelNames",
            LabelNamesRequest.newBuilder().setStart(start).setEnd(end).build(),
            LabelNamesResponse.getDefaultInstance());
    Message series =
        client.call(
            QUERIER + "Series",
            SeriesRequest.newBuilder().setStart(start).setEnd(end).build(),
            SeriesResponse.getDefaultInstance());
    for (int other = 0; other < TENANTS.size(); other++) {
      String what = TENANTS.get(number) + " lists " + TENANTS.get(other) + " " + where;
      for (Message answer : List.of(types, names, series)) {
        expect(other == number, secret(other), answer, what);
      }
    }

    assertThat(
            client
                .call(
                    QUERIER + "GetProfileStats",
                    GetProfileStatsRequest.getDefaultInstance(),
                    GetProfileStatsResponse.getDefaultInstance())
                .getDataIngested())
        .isTrue();
    assertThat(
            new FlamelakeClient(server, "newcomer")
                .call(
                    QUERIER + "GetProfileStats",
                    GetProfileStatsRequest.getDefaultInstance(),
                    GetProfileStatsResponse.getDefaultInstance())
                .getDataIngested())
        .isFalse();
  }

  private static void expect(boolean own, String word, Message answer, String what) {
    boolean holdsWord = answer.toByteString().toString(ISO_8859_1).contains(word);
    assertThat(holdsWord).as(what + " in " + answer.getClass().getSimpleName()).isEqualTo(own);
  }
}
