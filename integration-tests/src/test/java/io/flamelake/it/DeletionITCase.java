/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flamelake.model.LabelSet;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.proto.push.v1.PushResponse;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import io.flamelake.proto.querier.v1.SelectSeriesRequest;
import io.flamelake.proto.querier.v1.SelectSeriesResponse;
import io.flamelake.proto.querier.v1.SeriesRequest;
import io.flamelake.proto.querier.v1.SeriesResponse;
import io.flamelake.proto.types.v1.LabelValuesRequest;
import io.flamelake.proto.types.v1.LabelValuesResponse;
import io.flamelake.testkit.BruteForce;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Data of a running server is deleted by API and by command, until no file of the store has a word
 * of it, while nobody else's totals change.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeletionITCase {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PATH = "/api/v1/delete";
  private static final String ACME = "acme";
  private static final String GLOBEX = "globex";
  private static final String DELETED = "quetzal-billing";

  /** What is only in profiles of {@link #DELETED}: its name, functions, a file and a label. */
  private static final List<String> WORDS =
      List.of(DELETED, "narwhalCharge", "narwhalRefund", "ocelot.go", "axolotl-pod");

  /** A profile is a row for each of them. */
  private static final int SAMPLE_TYPES = 2;

  private static final Duration MAX_WAIT = Duration.ofMinutes(4);
  private static final Pattern ACCEPTED = Pattern.compile("Deletion (\\w{26}) is accepted");

  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private final List<Pushed> pushed = new ArrayList<>();

  private Path dir;
  private FlamelakeProcess server;

  private record Pushed(String tenant, String service, String pod, Instant time, byte[] pprof) {}

  @BeforeAll
  void start(@TempDir Path temporary) {
    dir = temporary;
    List<String> arguments = new ArrayList<>(HistoryServer.BUSY_MAINTENANCE);
    arguments.add("-ingester.duplicate-window=1s");
    arguments.add("-query.request-timeout=10s");
    arguments.add("-maintenance.snapshot-age=11s");
    arguments.add("-maintenance.segment-grace=10s");
    arguments.add("-maintenance.orphan-grace=2s");
    server = FlamelakeProcess.start(dir.resolve("data"), HistoryServer.arguments(arguments));
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void leavesNothingOfWhatIsDeletedAndAllOfTheRest() throws Exception {
    for (Duration age : List.of(Duration.ofHours(2), Duration.ofHours(1), Duration.ofMinutes(1))) {
      Instant time = now.minus(age);
      for (String tenant : List.of(ACME, GLOBEX)) {
        push(tenant, "checkout", "pod-1", time, "main.go", "checkoutCart", "render");
        push(tenant, "checkout", "pod-2", time, "main.go", "checkoutCart", "charge");
        push(tenant, "catalogue", "pod-1", time, "main.go", "search", "render");
      }

      push(ACME, DELETED, "axolotl-pod-1", time, "ocelot.go", "narwhalCharge", "render");
      push(ACME, DELETED, "axolotl-pod-2", time, "ocelot.go", "narwhalRefund", "render");
    }

    StoredWords words = new StoredWords(server.storage(), WORDS);
    assertThat(find(words))
        .as("files with words of the service, just pushed")
        .anyMatch(found -> found.startsWith("segments/") && found.endsWith("narwhalRefund"));
    expectDryRuns();
    awaitRollUps(words);
    expectAllTotals(profile -> true);

    deletePod();

    String id = deleteService();

    assertThat(find(words)).as("files with words of the deleted service").isEmpty();
    expectAllTotals(DeletionITCase::isLeft);
    expectGone();
    expectForgotten(id);
  }

  /** Files that come, go and are unfinished meanwhile are looked at again. */
  private static List<String> find(StoredWords words) {
    return await().atMost(MAX_WAIT).ignoreExceptions().until(words::find, found -> true);
  }

  private static boolean isLeft(Pushed profile) {
    return !isDeletedPod(profile) && !profile.service.equals(DELETED);
  }

  @Test
  void refusesWhatItCannotMean() throws IOException {
    expectRefusal(400, "at least one condition, or all=true", post(ACME, "dry_run=false"));
    expectRefusal(400, "selector: '{'", post(ACME, form("{", "")));
    expectRefusal(400, "Unknown parameter 'service'", post(ACME, form(service("x"), "&service=y")));
    expectRefusal(400, "from: 'yesterday'", post(ACME, form(service("x"), "&from=yesterday")));
    expectRefusal(
        400, "(expected: before", post(ACME, form(service("x"), "&from=now-1h&to=now-2h")));
    expectRefusal(
        404,
        "No deletion 01ARZ3NDEKTSV4RRFFQ69G5FAV",
        client(ACME).get(PATH + "/01ARZ3NDEKTSV4RRFFQ69G5FAV"));
    expectRefusal(404, "No deletion nothing", client(ACME).get(PATH + "/nothing"));

    FlamelakeLauncher.Result noSelector = command("-tenant=" + ACME, "-yes");
    assertThat(noSelector.status()).isEqualTo(2);
    assertThat(noSelector.err())
        .contains("Expected a -selector, or -all", "Usage: flamelake delete");
    FlamelakeLauncher.Result badSelector = command("-tenant=" + ACME, "-selector={", "-yes");
    assertThat(badSelector.status()).isEqualTo(1);
    assertThat(badSelector.err()).contains("answered 400", "selector: '{'");
  }

  private void push(
      String tenant, String service, String pod, Instant time, String file, String... functions) {
    PprofBuilder pprof =
        new PprofBuilder()
            .addSampleType("samples", "count")
            .addSampleType("cpu", "nanoseconds")
            .periodType("cpu", "nanoseconds")
            .timeNanos(TimeUnit.MILLISECONDS.toNanos(time.toEpochMilli()));
    int main = pprof.location("main", "main.go", 1);
    for (int i = 0; i < functions.length; i++) {
      int leaf = pprof.location(functions[i], file, i + 1);
      int count = pushed.size() + i + 1;
      pprof.addSample(new int[] {leaf, main}, LabelSet.EMPTY, count, count * 1_000L);
    }

    Pushed profile = new Pushed(tenant, service, pod, time, pprof.toByteArray());
    client(tenant)
        .call(
            PushRequests.METHOD,
            PushRequests.of(
                PushRequests.cpu(
                    service,
                    Map.of("pod", pod),
                    PushRequests.sample(UUID.randomUUID().toString(), profile.pprof))),
            PushResponse.getDefaultInstance());
    pushed.add(profile);
  }

  private void expectDryRuns() throws IOException {
    String form = form(service(DELETED), "");
    await()
        .atMost(MAX_WAIT)
        .until(() -> json(200, post(ACME, form)).path("uncommittedSegments").asInt() == 0);
    JsonNode estimate = json(200, post(ACME, form));
    int profiles = selected(profile -> profile.service.equals(DELETED)).size();
    assertThat(estimate.path("dryRun").asBoolean()).isTrue();
    assertThat(estimate.path("rows").asInt()).isEqualTo(profiles * SAMPLE_TYPES);
    assertThat(estimate.path("hours").asInt()).isEqualTo(3);
    assertThat(estimate.path("bytes").asLong()).isPositive();
    assertThat(estimate.path("services"))
        .singleElement()
        .satisfies(
            service -> {
              assertThat(service.path("service").asText()).isEqualTo(DELETED);
              assertThat(service.path("rows").asInt()).isEqualTo(profiles * SAMPLE_TYPES);
              assertThat(service.path("profiles").asInt()).isEqualTo(profiles);
            });
    assertThat(json(200, post(GLOBEX, form)).path("rows").asInt()).isZero();

    JsonNode all = json(200, post(ACME, "all=true"));
    assertThat(all.path("rows").asInt())
        .isEqualTo(selected(profile -> profile.tenant.equals(ACME)).size() * SAMPLE_TYPES);

    FlamelakeLauncher.Result dryRun = command("-tenant=" + ACME, "-selector=" + service(DELETED));
    assertThat(dryRun.status()).as(dryRun.err()).isZero();
    assertThat(dryRun.out())
        .containsPattern(
            DELETED + " +" + profiles * SAMPLE_TYPES + " rows +" + profiles + " profiles\n")
        .contains(profiles * SAMPLE_TYPES + " rows in 3 hours", "Nothing was deleted.");
    assertThat(json(200, client(ACME).get(PATH)).path("deletions")).isEmpty();
  }

  /** A check that could not fail would be none: the words are in every kind of file. */
  private static void awaitRollUps(StoredWords words) {
    await()
        .atMost(MAX_WAIT)
        .pollInterval(Duration.ofSeconds(1))
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              List<String> found = words.find();
              for (String table : List.of("profiles", "stacks", "series", "flame_1h")) {
                assertThat(found)
                    .as("files with words of the service")
                    .anyMatch(file -> file.matches(".*/" + table + "/data/.*\\.parquet has .*"))
                    .anyMatch(file -> file.matches(".*/" + table + "/metadata/.*\\.avro has .*"));
              }
            });
  }

  private static boolean isDeletedPod(Pushed profile) {
    return profile.tenant.equals(ACME)
        && profile.service.equals("checkout")
        && profile.pod.equals("pod-2");
  }

  /** By the API, while the service of the other tenant has the same name and pod. */
  private void deletePod() throws IOException {
    HttpResponse<byte[]> accepted =
        post(ACME, form("{service_name=\"checkout\", pod=\"pod-2\"}", "&dry_run=false"));
    JsonNode request = json(202, accepted);
    assertThat(request.path("state").asText()).isEqualTo("accepted");
    String path = PATH + "/" + request.path("id").asText();
    await()
        .atMost(MAX_WAIT)
        .until(() -> !json(200, client(ACME).get(path)).path("rowsGoneAt").asText().isEmpty());
    expectAllTotals(profile -> !isDeletedPod(profile));
    assertThat(json(200, client(ACME).get(path)).path("rows").asInt())
        .isEqualTo(selected(DeletionITCase::isDeletedPod).size() * SAMPLE_TYPES);
    expectRefusal(404, "No deletion", client(GLOBEX).get(path));
    assertThat(json(200, client(GLOBEX).get(PATH)).path("deletions")).isEmpty();
  }

  /** By the command; meanwhile nothing else changes. */
  private String deleteService() {
    CompletableFuture<FlamelakeLauncher.Result> running =
        CompletableFuture.supplyAsync(
            () -> command("-tenant=" + ACME, "-selector=" + service(DELETED), "-yes", "-wait"));
    while (!running.isDone()) {
      for (String tenant : List.of(ACME, GLOBEX)) {
        expectTotals(tenant, "checkout", profile -> !isDeletedPod(profile));
        expectTotals(tenant, "catalogue", profile -> true);
      }
    }

    FlamelakeLauncher.Result result = running.join();
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.out().lines().toList())
        .last()
        .asString()
        .startsWith(
            "done: %d rows removed"
                .formatted(
                    selected(profile -> profile.service.equals(DELETED)).size() * SAMPLE_TYPES));
    Matcher id = ACCEPTED.matcher(result.out());
    assertThat(id.find()).as(result.out()).isTrue();
    return id.group(1);
  }

  private void expectAllTotals(Predicate<Pushed> isThere) {
    for (String tenant : List.of(ACME, GLOBEX)) {
      for (String service : List.of("checkout", "catalogue", DELETED)) {
        expectTotals(tenant, service, isThere);
      }
    }
  }

  private void expectTotals(String tenant, String service, Predicate<Pushed> isThere) {
    List<byte[]> expected =
        selected(isThere).stream()
            .filter(profile -> profile.tenant.equals(tenant) && profile.service.equals(service))
            .map(Pushed::pprof)
            .toList();
    assertThat(flameGraph(tenant, service))
        .as("%s of %s", service, tenant)
        .isEqualTo(BruteForce.foldedStacks(expected, "cpu"));
    assertThat(CpuTotals.ofPoints(series(tenant, service).getSeriesList()))
        .as("series of %s of %s", service, tenant)
        .isEqualTo((double) BruteForce.total(expected, "cpu"));
  }

  private SortedMap<String, Long> flameGraph(String tenant, String service) {
    return FlameGraphReader.foldedStacks(
        client(tenant)
            .call(
                CpuQueries.SELECT_STACKTRACES,
                SelectMergeStacktracesRequest.newBuilder()
                    .setProfileTypeID(CpuQueries.CPU)
                    .setLabelSelector(service(service))
                    .setStart(from())
                    .setEnd(to())
                    .build(),
                SelectMergeStacktracesResponse.getDefaultInstance())
            .getFlamegraph());
  }

  private SelectSeriesResponse series(String tenant, String service) {
    return client(tenant)
        .call(
            CpuQueries.SELECT_SERIES,
            SelectSeriesRequest.newBuilder()
                .setProfileTypeID(CpuQueries.CPU)
                .setLabelSelector(service(service))
                .setStart(from())
                .setEnd(to())
                .setStep(15)
                .addGroupBy("pod")
                .build(),
            SelectSeriesResponse.getDefaultInstance());
  }

  private void expectGone() {
    assertThat(flameGraph(ACME, DELETED)).isEmpty();
    assertThat(series(ACME, DELETED).getSeriesList()).isEmpty();
    assertThat(labelValues("service_name")).containsExactlyInAnyOrder("checkout", "catalogue");
    assertThat(labelValues("pod")).containsExactly("pod-1");
    SeriesResponse all =
        client(ACME)
            .call(
                CpuQueries.QUERIER + "Series",
                SeriesRequest.newBuilder().setStart(from()).setEnd(to()).build(),
                SeriesResponse.getDefaultInstance());
    assertThat(all.toString()).contains("catalogue").doesNotContain(WORDS);
  }

  private List<String> labelValues(String label) {
    return client(ACME)
        .call(
            CpuQueries.QUERIER + "LabelValues",
            LabelValuesRequest.newBuilder().setName(label).setStart(from()).setEnd(to()).build(),
            LabelValuesResponse.getDefaultInstance())
        .getNamesList();
  }

  /** What is kept of a request that is done does not say what it was about. */
  private void expectForgotten(String id) throws IOException {
    JsonNode done = json(200, client(ACME).get(PATH + "/" + id));
    assertThat(done.path("state").asText()).isEqualTo("done");
    assertThat(done.path("doneAt").asText()).isNotEmpty();
    assertThat(done.has("selector")).isFalse();
    assertThat(done.path("hoursDone").asInt()).isEqualTo(done.path("hours").asInt());
    assertThat(done.path("otherRows").asInt()).as("stacks, series, roll-ups").isPositive();
    JsonNode all = json(200, client(ACME).get(PATH)).path("deletions");
    assertThat(all.findValuesAsText("id")).hasSize(2).last().isEqualTo(id);
    expectRefusal(404, "No deletion " + id, client(GLOBEX).get(PATH + "/" + id));
  }

  private List<Pushed> selected(Predicate<Pushed> which) {
    return pushed.stream().filter(which).toList();
  }

  private FlamelakeLauncher.Result command(String... flags) {
    List<String> command = new ArrayList<>(FlamelakeProcess.java());
    command.addAll(List.of("delete", "-url=" + server.uri("")));
    command.addAll(List.of(flags));
    return FlamelakeLauncher.run(dir, MAX_WAIT, command);
  }

  private HttpResponse<byte[]> post(String tenant, String form) {
    return client(tenant).post(PATH, "application/x-www-form-urlencoded", form.getBytes(UTF_8));
  }

  private static String form(String selector, String more) {
    return "selector=" + URLEncoder.encode(selector, UTF_8) + more;
  }

  private static String service(String name) {
    return CpuQueries.ofService(name);
  }

  private static void expectRefusal(int status, String text, HttpResponse<byte[]> response) {
    String body = new String(response.body(), UTF_8);
    assertThat(response.statusCode()).as(body).isEqualTo(status);
    assertThat(body).contains(text);
  }

  private static JsonNode json(int status, HttpResponse<byte[]> response) {
    assertThat(response.statusCode()).as(new String(response.body(), UTF_8)).isEqualTo(status);
    try {
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private FlamelakeClient client(String tenant) {
    return new FlamelakeClient(server, tenant);
  }

  private long from() {
    return now.minus(Duration.ofHours(3)).toEpochMilli();
  }

  private long to() {
    return now.plus(Duration.ofMinutes(1)).toEpochMilli();
  }
}
