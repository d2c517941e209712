/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.client.BlockingWebClient;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.flamelake.gateway.TestGateway;
import io.flamelake.gateway.scrape.Scraper;
import io.flamelake.gateway.scrape.ScraperConfig;
import io.flamelake.gateway.scrape.shard.ShardConfig;
import io.flamelake.model.TenantId;
import io.flamelake.rpc.HttpDefaults;
import io.flamelake.rpc.Tenants;
import io.flamelake.segment.store.InMemoryObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetsApiTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Port 1 answers nobody. */
  private static final String CONFIG =
      """
      scrape_configs:
      - job_name: a
        tenant: team-a
        scrape_interval: 200ms
        scrape_timeout: 1s
        pprof_config: {memory: {enabled: false}, block: {enabled: false}, mutex: {enabled: false}, process_cpu: {enabled: false}}
        static_configs: [{targets: ['127.0.0.1:1', 'dropped:1'], labels: {note: '<b>"bold"</b>'}}]
        relabel_configs: [{action: drop, source_labels: [__address__], regex: 'dropped.*'}]
      - job_name: b
        tenant: team-b
        static_configs: [{targets: ['127.0.0.2:1']}]
      """;

  private final TestGateway gateway =
      new TestGateway(TestGateway.config().withMultitenancy(true), new InMemoryObjectStore());
  private Scraper scraper;
  private Server server;
  private BlockingWebClient client;

  @BeforeEach
  void start(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("scrape.yaml");
    Files.writeString(file, CONFIG);
    scraper =
        gateway
            .gateway()
            .newScraper(
                new ScraperConfig(
                    file, Duration.ofSeconds(1), false, TenantId.ANONYMOUS, ShardConfig.alone()));
    ServerBuilder builder = Server.builder().http(0);
    HttpDefaults.apply(builder, Duration.ofSeconds(30));
    builder.gracefulShutdownTimeout(Duration.ZERO, Duration.ZERO);
    new TargetsApi(scraper, new Tenants(true)).addTo(builder);
    server = builder.build();
    server.start().join();
    client = WebClient.of("http://127.0.0.1:" + server.activeLocalPort()).blocking();
    assertThat(client.get("/api/v1/scrape/ready").status())
        .isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
    scraper.start();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                scraper.targets().active().stream()
                    .anyMatch(active -> !active.status().lastError().isEmpty()));
  }

  @AfterEach
  void stop() {
    scraper.close();
    server.stop();
    gateway.close();
  }

  @Test
  void aTenantSeesTheTargetsOfItsJobs() throws IOException {
    JsonNode answer = JSON.readTree(get("/api/v1/targets", "team-a").contentUtf8());

    assertThat(answer.path("activeTargets")).hasSize(1);
    JsonNode target = answer.path("activeTargets").get(0);
    assertThat(target.path("scrapePool").asText()).isEqualTo("a");
    assertThat(target.path("scrapeUrl").asText())
        .isEqualTo("http://127.0.0.1:1/debug/pprof/goroutine");
    assertThat(target.path("health").asText()).isEqualTo("HEALTH_DOWN");
    assertThat(target.path("lastError").asText()).isNotEmpty();
    assertThat(target.path("lastScrape").asText()).startsWith("2");
    assertThat(target.path("lastScrapeDuration").asText()).endsWith("s");
    assertThat(target.path("scrapeInterval").asText()).isEqualTo("0.200s");
    assertThat(target.path("scrapeTimeout").asText()).isEqualTo("1s");
    assertThat(target.path("labels").path("instance").asText()).isEqualTo("127.0.0.1:1");
    assertThat(target.path("discoveredLabels").path("__address__").asText())
        .isEqualTo("127.0.0.1:1");
    assertThat(answer.path("droppedTargets")).hasSize(1);
    assertThat(
            answer
                .path("droppedTargets")
                .get(0)
                .path("discoveredLabels")
                .path("__address__")
                .asText())
        .isEqualTo("dropped:1");
    assertThat(get("/api/v1/targets", "team-c").contentUtf8()).isEqualTo("{}");
  }

  @Test
  void statesAreToldApart() throws IOException {
    JsonNode active =
        JSON.readTree(get("/api/v1/targets?state=STATE_ACTIVE", "team-a").contentUtf8());
    JsonNode dropped =
        JSON.readTree(get("/api/v1/targets?state=STATE_DROPPED", "team-a").contentUtf8());

    assertThat(active.has("activeTargets")).isTrue();
    assertThat(active.has("droppedTargets")).isFalse();
    assertThat(dropped.has("activeTargets")).isFalse();
    assertThat(dropped.has("droppedTargets")).isTrue();
    assertThat(get("/api/v1/targets?state=BAD", "team-a").status())
        .isEqualTo(HttpStatus.BAD_REQUEST);
  }

  @Test
  void connectAnswersTheSame() throws IOException {
    AggregatedHttpResponse answer =
        client.execute(
            RequestHeaders.of(
                HttpMethod.POST,
                "/agent.v1.AgentService/GetTargets",
                HttpHeaderNames.CONTENT_TYPE,
                "application/json",
                "x-scope-orgid",
                "team-b"),
            "{\"state\":\"STATE_ACTIVE\"}");

    assertThat(answer.status()).isEqualTo(HttpStatus.OK);
    // All five types of Go's.
    assertThat(JSON.readTree(answer.contentUtf8()).path("activeTargets")).hasSize(5);
  }

  @Test
  void nobodyIsToldWithoutATenant() {
    assertThat(client.get("/api/v1/targets").status()).isEqualTo(HttpStatus.UNAUTHORIZED);
  }

  @Test
  void thePageShowsAllAndRunsNothing() {
    AggregatedHttpResponse page = client.get("/targets");

    assertThat(page.status()).isEqualTo(HttpStatus.OK);
    assertThat(page.headers().get(HttpHeaderNames.CONTENT_SECURITY_POLICY))
        .startsWith("default-src 'none'");
    assertThat(page.contentUtf8())
        .contains("<h2>a</h2>", "<h2>b</h2>")
        .contains("0 of 1 up; 0 at other replicas; 1 dropped by rules")
        .contains("note=&quot;&lt;b&gt;&quot;bold&quot;&lt;/b&gt;&quot;")
        .contains("class=\"DOWN\"")
        .doesNotContain("<b>");
  }

  @Test
  void tellsOtherReplicasWhetherItScrapes() {
    assertThat(client.get("/api/v1/scrape/ready").status()).isEqualTo(HttpStatus.OK);

    scraper.close();

    assertThat(client.get("/api/v1/scrape/ready").status())
        .isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
  }

  private AggregatedHttpResponse get(String path, String tenant) {
    return client.execute(RequestHeaders.of(HttpMethod.GET, path, "x-scope-orgid", tenant));
  }
}
