/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.TlsKeyPair;
import io.flamelake.gateway.TestGateway;
import io.flamelake.gateway.scrape.Targets.ActiveTarget;
import io.flamelake.gateway.scrape.config.ScrapeConfigException;
import io.flamelake.gateway.scrape.loop.TargetStatus;
import io.flamelake.gateway.scrape.loop.TargetStatus.Health;
import io.flamelake.gateway.scrape.shard.ShardConfig;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.segment.store.InMemoryObjectStore;
import io.netty.handler.ssl.ClientAuth;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that scrapes real HTTP servers. */
class ScraperTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** One profile, often. */
  private static final String QUICK =
      """
        scrape_interval: 200ms
        scrape_timeout: 1s
        pprof_config: {memory: {enabled: false}, block: {enabled: false}, mutex: {enabled: false}, process_cpu: {enabled: false}}
      """;

  @TempDir Path dir;

  private final FakeTargets fakes = new FakeTargets();
  private TestGateway gateway = new TestGateway(TestGateway.config(), new InMemoryObjectStore());
  private @Nullable Scraper scraper;

  @AfterEach
  void close() {
    if (scraper != null) {
      scraper.close();
    }

    gateway.close();
    fakes.close();
  }

  @Test
  void storesWhatTargetsServe() throws IOException {
    start(QUICK + targets("/ok", "/gzipped", "/encoded", "/moved"));

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(gateway.stored())
                    .extracting(stored -> stored.record().labels())
                    .contains(
                        labels("/ok"), labels("/gzipped"), labels("/encoded"), labels("/moved")));
    assertThat(gateway.stored())
        .allSatisfy(
            stored -> {
              assertThat(stored.tenant()).isEqualTo(TenantId.ANONYMOUS);
              assertThat(stored.record().hasClientId()).isFalse();
            });
    FakeTargets.Request request = fakes.requests().get(0);
    assertThat(request.headers().get(HttpHeaderNames.USER_AGENT)).isEqualTo("flamelake-scrape");
    assertThat(request.headers().get(HttpHeaderNames.ACCEPT_ENCODING)).isEqualTo("gzip");
    assertThat(status("/ok").health()).isEqualTo(Health.UP);
    assertThat(status("/ok").lastError()).isEmpty();
    assertThat(status("/ok").lastScrape()).isNotNull();
    assertThat(status("/ok").lastDuration()).isPositive();
  }

  @Test
  void aBadTargetHurtsNoOther() throws IOException {
    start(
        QUICK
            + "  body_size_limit: 32KB\n"
            + targets(
                "/ok", "/hang", "/error", "/empty", "/garbage", "/large", "/bomb", "/nothing"));

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(status("/hang").lastError()).isEqualTo("No answer within 1000 ms");
              assertThat(status("/error").lastError())
                  .isEqualTo(
                      "The answer is HTTP status 500 Internal Server Error: Could not enable CPU"
                          + " profiling");
              assertThat(status("/empty").lastError()).isEqualTo("The answer is empty");
              assertThat(status("/garbage").lastError()).contains("profile with labels");
              assertThat(status("/large").lastError())
                  .isEqualTo("The answer is larger than 32768 bytes");
              assertThat(status("/bomb").lastError()).contains("cannot be decompressed");
              assertThat(status("/nothing").lastError()).contains("404");
            });
    long before = fakes.requestsTo("/ok");
    await().atMost(PATIENCE).until(() -> fakes.requestsTo("/ok") >= before + 10);
    // One request at a time, each of which takes its second: of the ten ticks and more it missed
    // most.
    assertThat(fakes.requestsTo("/hang")).isLessThan(fakes.requestsTo("/ok"));
    assertThat(status("/ok").health()).isEqualTo(Health.UP);
    assertThat(activeTargets().values())
        .filteredOn(status -> status.health() == Health.DOWN)
        .hasSize(7);
    assertThat(gateway.stored())
        .extracting(stored -> stored.record().labels().value("kind"))
        .containsOnly("/ok");
    await().atMost(PATIENCE).until(() -> gateway.bufferBytes() < 64 * 1024);
  }

  @Test
  void aTargetThatIsNotThereIsDownAndComesUp() throws IOException {
    int port = fakes.port();
    fakes.close();
    start(QUICK + targets("/ok"));
    await().atMost(PATIENCE).until(() -> status("/ok").health() == Health.DOWN);
    assertThat(status("/ok").lastError()).containsIgnoringCase("refused");

    try (FakeTargets again = new FakeTargets(builder -> builder.http(port))) {
      await().atMost(PATIENCE).until(() -> status("/ok").health() == Health.UP);
      assertThat(again.requests()).isNotEmpty();
    }
  }

  @Test
  void anotherConfigurationHoldsWithoutRestart() throws IOException {
    start(QUICK + targets("/ok"));
    await().atMost(PATIENCE).until(() -> fakes.requestsTo("/ok") > 0);

    write(QUICK + targets("/gzipped"));
    await().atMost(PATIENCE).until(() -> fakes.requestsTo("/gzipped") > 0);
    assertThat(activeTargets()).containsOnlyKeys("/gzipped");

    Files.writeString(dir.resolve("scrape.yaml"), "scrape_configs: [{job_name: x}]");
    long before = fakes.requestsTo("/gzipped");
    await().atMost(PATIENCE).until(() -> fakes.requestsTo("/gzipped") > before + 5);
    assertThat(activeTargets()).containsOnlyKeys("/gzipped");
  }

  @Test
  void targetsOfFilesComeAndGo() throws IOException {
    Path targets = dir.resolve("targets.json");
    start(QUICK + "  file_sd_configs: [{files: [targets*.json], refresh_interval: 100ms}]\n");
    assertThat(activeTargets()).isEmpty();

    Files.writeString(targets, fileTargets("/ok"));
    await().atMost(PATIENCE).until(() -> fakes.requestsTo("/ok") > 0);
    Files.writeString(targets, fileTargets("/gzipped"));
    await().atMost(PATIENCE).until(() -> activeTargets().keySet().equals(Set.of("/gzipped")));
    Files.writeString(targets, "[{\"targets\": 1}]");
    long before = fakes.requestsTo("/gzipped");
    await().atMost(PATIENCE).until(() -> fakes.requestsTo("/gzipped") > before + 3);
    Files.delete(targets);
    await().atMost(PATIENCE).until(() -> activeTargets().isEmpty());
  }

  @Test
  void sendsCredentialsAndHeaders() throws IOException {
    Path token = dir.resolve("token");
    Files.writeString(token, "first\n");
    start(
        QUICK
            + "  authorization: {credentials_file: token}\n"
            + "  http_headers: {X-Scope-OrgID: {values: [team]}}\n"
            + targets("/ok"));
    await().atMost(PATIENCE).until(() -> !fakes.requests().isEmpty());
    assertThat(fakes.requests().get(0).headers().get(HttpHeaderNames.AUTHORIZATION))
        .isEqualTo("Bearer first");
    assertThat(fakes.requests().get(0).headers().get("x-scope-orgid")).isEqualTo("team");

    Files.writeString(token, "second\n");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                fakes.requests().stream()
                    .anyMatch(
                        request -> request.headers().contains("authorization", "Bearer second")));

    String basic = "  basic_auth: {username: me, password: secret}\n";
    write(QUICK + basic + targets("/ok"));
    String expected =
        "Basic " + Base64.getEncoder().encodeToString("me:secret".getBytes(StandardCharsets.UTF_8));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                fakes.requests().stream()
                    .anyMatch(request -> request.headers().contains("authorization", expected)));
  }

  @Test
  void scrapesByTlsWhatItTrusts() throws IOException {
    TlsKeyPair server = TlsKeyPair.ofSelfSigned("shop.example");
    TlsKeyPair client = TlsKeyPair.ofSelfSigned("scraper.example");
    writeCertificate("ca.pem", server);
    writeCertificate("cert.pem", client);
    Files.writeString(dir.resolve("key.pem"), pem("PRIVATE KEY", client.privateKey().getEncoded()));
    try (FakeTargets secure =
        new FakeTargets(
            builder ->
                builder
                    .https(0)
                    .tls(server)
                    .tlsCustomizer(
                        context ->
                            context
                                .trustManager(client.certificateChain())
                                .clientAuth(ClientAuth.REQUIRE)))) {
      String secureTargets = "  scheme: https\n" + targets(secure, "/ok");
      String tls = "ca_file: ca.pem, cert_file: cert.pem, key_file: key.pem";

      start(QUICK + "  tls_config: {" + tls + "}\n" + secureTargets);
      await().atMost(PATIENCE).until(() -> status("/ok").health() == Health.DOWN);
      assertThat(secure.requests()).as("requests to a host of another name").isEmpty();

      write(QUICK + "  tls_config: {" + tls + ", server_name: shop.example}\n" + secureTargets);
      await().atMost(PATIENCE).until(() -> status("/ok").health() == Health.UP);

      write(QUICK + "  tls_config: {ca_file: ca.pem, server_name: shop.example}\n" + secureTargets);
      await().atMost(PATIENCE).until(() -> status("/ok").health() == Health.DOWN);

      write(
          QUICK
              + "  tls_config: {insecure_skip_verify: true, cert_file: cert.pem, key_file:"
              + " key.pem}\n"
              + secureTargets);
      await().atMost(PATIENCE).until(() -> status("/ok").health() == Health.UP);
    }
  }

  @Test
  void noticesARenewedCertificate() throws IOException {
    TlsKeyPair server = TlsKeyPair.ofSelfSigned("shop.example");
    writeCertificate("ca.pem", TlsKeyPair.ofSelfSigned("shop.example"));
    try (FakeTargets secure = new FakeTargets(builder -> builder.https(0).tls(server))) {
      start(
          QUICK
              + "  scheme: https\n  tls_config: {ca_file: ca.pem, server_name: shop.example}\n"
              + targets(secure, "/ok"));
      await().atMost(PATIENCE).until(() -> status("/ok").health() == Health.DOWN);
      assertThat(secure.requests()).isEmpty();

      writeCertificate("ca.pem", server);

      await().atMost(PATIENCE).until(() -> status("/ok").health() == Health.UP);
    }
  }

  @Test
  void goesThroughAProxy() throws IOException {
    try (TestProxy proxy = new TestProxy()) {
      start(QUICK + "  proxy_url: http://127.0.0.1:" + proxy.port() + "\n" + targets("/ok"));

      await().atMost(PATIENCE).until(() -> status("/ok").health() == Health.UP);
      assertThat(proxy.requestLines()).contains("CONNECT " + fakes.address() + " HTTP/1.1");
    }
  }

  @Test
  void noAddressHasMoreRequestsThanItMay() throws IOException {
    start(
        """
          scrape_interval: 200ms
          scrape_timeout: 20s
          max_concurrent_requests: 2
          pprof_config: {process_cpu: {enabled: false}}
        """
            + targets("/hang"));

    await().atMost(PATIENCE).until(() -> fakes.requestsTo("/hang") == 2);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                current().targets().active().stream()
                        .filter(target -> target.status().lastError().startsWith("Not asked: 2"))
                        .count()
                    == 2);
    assertThat(fakes.requestsTo("/hang")).isEqualTo(2);
  }

  /** The others leave it its share as soon as it says that it scrapes. */
  @Test
  void doesNotSayThatItScrapesBeforeItKnowsThePods() throws IOException {
    start("  kubernetes_sd_configs: [{role: pod, api_server: 'http://" + fakes.address() + "'}]\n");

    await()
        .during(Duration.ofSeconds(1))
        .atMost(PATIENCE)
        .until(() -> !current().isScraping() && fakes.requestsTo("/api/v1/pods") > 0);
    write(QUICK + targets("/ok"));
    await().atMost(PATIENCE).until(() -> current().isScraping());
  }

  @Test
  void nothingIsScrapedAfterTheEnd() throws IOException {
    start(QUICK + targets("/ok", "/hang"));
    await().atMost(PATIENCE).until(() -> fakes.requestsTo("/ok") > 0);

    current().close();
    long before = fakes.requestsTo("/");
    await()
        .during(Duration.ofSeconds(1))
        .atMost(PATIENCE)
        .until(() -> fakes.requestsTo("/") <= before + 2);
    assertThat(current().isScraping()).isFalse();
    assertThat(current().targets().active()).isEmpty();
  }

  @Test
  void profilesBelongToTheTenantOfTheJob() throws IOException {
    gateway.close();
    gateway =
        new TestGateway(TestGateway.config().withMultitenancy(true), new InMemoryObjectStore());
    start(QUICK + "  tenant: team-a\n" + targets("/ok"));

    await().atMost(PATIENCE).until(() -> !gateway.stored().isEmpty());
    assertThat(gateway.stored())
        .extracting(stored -> stored.tenant().value())
        .containsOnly("team-a");
  }

  @Test
  void aTenantNeedsMultitenancy() {
    assertThatThrownBy(() -> start(QUICK + "  tenant: team-a\n" + targets("/ok")))
        .isInstanceOf(ScrapeConfigException.class)
        .hasMessage("Job shop is tenant team-a's, but multi-tenancy is off");
  }

  @Test
  void aFileThatIsNotThereEndsTheStart() {
    assertThatThrownBy(() -> gateway.gateway().newScraper(config(dir.resolve("none.yaml"))))
        .isInstanceOf(ScrapeConfigException.class)
        .hasMessageContaining("none.yaml");
  }

  @Test
  void certificatesThatAreNotThereEndTheStart() {
    assertThatThrownBy(() -> start(QUICK + "  tls_config: {ca_file: no.pem}\n" + targets("/ok")))
        .isInstanceOf(ScrapeConfigException.class)
        .hasMessageContaining("Job shop: cannot read")
        .hasMessageContaining("no.pem");
  }

  private void start(String jobKeys) throws IOException {
    write(jobKeys);
    Scraper made = gateway.gateway().newScraper(config(dir.resolve("scrape.yaml")));
    scraper = made;
    made.start();
  }

  private void write(String jobKeys) throws IOException {
    Files.writeString(dir.resolve("scrape.yaml"), "scrape_configs:\n- job_name: shop\n" + jobKeys);
  }

  private static ScraperConfig config(Path file) {
    return new ScraperConfig(
        file, Duration.ofMillis(100), false, TenantId.ANONYMOUS, ShardConfig.alone());
  }

  private String targets(String... paths) {
    return targets(fakes, paths);
  }

  private static String targets(FakeTargets fakes, String... paths) {
    StringBuilder yaml = new StringBuilder("  static_configs:\n");
    for (String path : paths) {
      yaml.append(
          "  - {targets: ['%s'], labels: {kind: %s, __profile_path__: %s}}%n"
              .formatted(fakes.address(), path, path));
    }

    return yaml.toString();
  }

  private String fileTargets(String path) {
    return "[{\"targets\": [\"%s\"], \"labels\": {\"kind\": \"%s\", \"__profile_path__\": \"%s\"}}]"
        .formatted(fakes.address(), path, path);
  }

  private LabelSet labels(String kind) {
    return LabelSet.of(
        "__name__", "goroutine",
        "instance", fakes.address(),
        "job", "shop",
        "kind", kind,
        "service_name", "unspecified");
  }

  private Scraper current() {
    return requireNonNull(scraper, "scraper");
  }

  private Map<String, TargetStatus> activeTargets() {
    return current().targets().active().stream()
        .collect(
            Collectors.toMap(
                active -> active.target().labels().value("kind"), ActiveTarget::status));
  }

  private TargetStatus status(String kind) {
    TargetStatus status = activeTargets().get(kind);
    return status == null
        ? new TargetStatus(Health.UNKNOWN, null, Duration.ZERO, "no such target yet")
        : status;
  }

  private void writeCertificate(String name, TlsKeyPair pair) throws IOException {
    try {
      Files.writeString(
          dir.resolve(name), pem("CERTIFICATE", pair.certificateChain().get(0).getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String type, byte[] der) {
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
        .formatted(type, Base64.getMimeEncoder().encodeToString(der), type);
  }
}
