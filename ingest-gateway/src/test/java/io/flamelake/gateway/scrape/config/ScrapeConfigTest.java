/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.gateway.relabel.RelabelAction;
import io.flamelake.model.TenantId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScrapeConfigTest {

  private static final Path FILE = Path.of("/etc/flamelake/scrape.yaml");

  @Test
  void aJobThatSaysOnlyWhereHasTheDefaults() {
    JobConfig job =
        onlyJob(
            """
            scrape_configs:
            - job_name: shop
              static_configs:
              - targets: [shop-1:6060, shop-2:6060]
                labels: {zone: a}
            """);

    assertThat(job.name()).isEqualTo("shop");
    assertThat(job.tenant()).isEqualTo(TenantId.ANONYMOUS);
    assertThat(job.interval()).isEqualTo(Duration.ofSeconds(15));
    assertThat(job.timeout()).isEqualTo(Duration.ofSeconds(18));
    assertThat(job.scheme()).isEqualTo("http");
    assertThat(job.profiles())
        .extracting(ProfileConfig::name)
        .containsExactly("memory", "block", "goroutine", "mutex", "process_cpu");
    assertThat(job.profiles()).filteredOn(ProfileConfig::delta).hasSize(1);
    assertThat(job.staticTargets())
        .containsExactly(
            new StaticTargets(
                List.of("shop-1:6060", "shop-2:6060"), new TreeMap<>(Map.of("zone", "a"))));
    assertThat(job.http()).isEqualTo(HttpOptions.DEFAULT);
    assertThat(job.relabelRules().isEmpty()).isTrue();
    assertThat(job.isDefault()).isFalse();
  }

  @Test
  void everyKeyMaps() {
    JobConfig job =
        onlyJob(
            """
            global: {scrape_interval: 1m, scrape_timeout: 50s}
            scrape_configs:
            - job_name: shop
              tenant: team-a
              scrape_interval: 30s
              scrape_timeout: 29500ms
              scheme: https
              params: {debug: ["0"], gc: ["1", "2"]}
              body_size_limit: 2MB
              max_concurrent_requests: 3
              profiling_config:
                path_prefix: /internal
                pprof_config:
                  memory: {enabled: false}
                  block: {path: /block}
                  godeltaprof_memory: {enabled: true}
                  wall: {path: /wall, delta: true}
              static_configs: [{targets: [a:1]}]
              file_sd_configs: [{files: [targets/*.json, /abs/t.yml], refresh_interval: 1m}]
              kubernetes_sd_configs:
              - role: pod
                api_server: https://k8s:6443
                namespaces: {own_namespace: true, names: [one, two]}
                selectors: [{role: pod, label: "app=shop", field: "status.phase=Running,spec.nodeName!=n"}]
                authorization: {credentials_file: token}
                tls_config: {ca_file: ca.pem}
              relabel_configs:
              - {source_labels: [a], regex: x, action: drop}
              basic_auth: {username: me, password_file: password}
              tls_config: {ca_file: ca.pem, cert_file: c.pem, key_file: /k.pem, server_name: shop, insecure_skip_verify: true}
              proxy_url: http://proxy:3128
              http_headers: {X-A: {values: [one], files: [two]}}
              follow_redirects: false
            """);

    assertThat(job.tenant()).isEqualTo(new TenantId("team-a"));
    assertThat(job.interval()).isEqualTo(Duration.ofSeconds(30));
    assertThat(job.timeout()).isEqualTo(Duration.ofMillis(29_500));
    assertThat(job.scheme()).isEqualTo("https");
    assertThat(job.params()).isEqualTo(Map.of("debug", List.of("0"), "gc", List.of("1", "2")));
    assertThat(job.maxBodyBytes()).isEqualTo(2 << 20);
    assertThat(job.maxConcurrentRequests()).isEqualTo(3);
    assertThat(job.pathPrefix()).isEqualTo("/internal");
    assertThat(job.profiles())
        .containsExactly(
            new ProfileConfig("block", "/block", false, true),
            new ProfileConfig("goroutine", "/debug/pprof/goroutine", false, true),
            new ProfileConfig("mutex", "/debug/pprof/mutex", false, true),
            new ProfileConfig("process_cpu", "/debug/pprof/profile", true, true),
            new ProfileConfig("godeltaprof_memory", "/debug/pprof/delta_heap", false, true),
            new ProfileConfig("wall", "/wall", true, true));
    assertThat(job.files())
        .containsExactly(
            new FileDiscoveryConfig(
                List.of(Path.of("/etc/flamelake/targets/*.json"), Path.of("/abs/t.yml")),
                Duration.ofMinutes(1)));
    assertThat(job.kubernetes())
        .containsExactly(
            new KubernetesDiscoveryConfig(
                "https://k8s:6443",
                null,
                new HttpOptions(
                    new Credentials.Token("Bearer", Secret.in(Path.of("/etc/flamelake/token"))),
                    new TlsConfig(Path.of("/etc/flamelake/ca.pem"), null, null, null, false),
                    null,
                    new TreeMap<>(),
                    true),
                List.of("one", "two"),
                true,
                "app=shop",
                List.of(
                    new FieldCondition("status.phase", "Running", true),
                    new FieldCondition("spec.nodeName", "n", false))));
    assertThat(job.relabelRules().rules()).hasSize(1);
    assertThat(job.relabelRules().rules().get(0).action()).isEqualTo(RelabelAction.DROP);
    assertThat(job.http())
        .isEqualTo(
            new HttpOptions(
                new Credentials.Basic(
                    Secret.of("me"), Secret.in(Path.of("/etc/flamelake/password"))),
                new TlsConfig(
                    Path.of("/etc/flamelake/ca.pem"),
                    Path.of("/etc/flamelake/c.pem"),
                    Path.of("/k.pem"),
                    "shop",
                    true),
                URI.create("http://proxy:3128"),
                new TreeMap<>(
                    Map.of(
                        "x-a",
                        List.of(Secret.of("one"), Secret.in(Path.of("/etc/flamelake/two"))))),
                false));
  }

  @Test
  void globalTimesHoldWhereAJobSaysNothing() {
    JobConfig job =
        onlyJob(
            """
            global: {scrape_interval: 20s, scrape_timeout: 25s}
            scrape_configs: [{job_name: a, static_configs: [{targets: [a:1]}]}]
            """);

    assertThat(job.interval()).isEqualTo(Duration.ofSeconds(20));
    assertThat(job.timeout()).isEqualTo(Duration.ofSeconds(25));
  }

  @Test
  void anEmptyFileHasNoJobs() {
    assertThat(ScrapeConfig.parse(FILE, "# nothing yet\n", TenantId.ANONYMOUS).jobs()).isEmpty();
  }

  @Test
  void jobsOfUnchangedTextAreEqual() {
    String text =
        """
        scrape_configs:
        - job_name: a
          static_configs: [{targets: [a:1]}]
          relabel_configs: [{source_labels: [x], regex: "(.+)", target_label: y}]
          tls_config: {ca_file: ca.pem}
        """;

    assertThat(onlyJob(text)).isEqualTo(onlyJob(text));
  }

  @Test
  void aPasswordIsNotShown() {
    assertThat(
            onlyJob(
                    """
                    scrape_configs:
                    - {job_name: a, static_configs: [{targets: [a:1]}], basic_auth: {username: u, password: hunter2}}
                    """)
                .toString())
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          scrape_intervall: 5s | 4 | Unknown key 'scrape_intervall'
          scrape_interval: fast | 4 | scrape_interval: 'fast' (expected: a duration such as
          scrape_interval: 10ms | 4 | scrape_interval is shorter than 100ms
          scrape_interval: 1s | 4 | shorter than 2s, too short for process_cpu
          scrape_timeout: 14s | 4 | scrape_timeout leaves no time for process_cpu
          scrape_timeout: 0 | 4 | scrape_timeout is 0
          scheme: ftp | 4 | scheme: 'ftp' (expected: http or https)
          tenant: a/b | 4 | tenant: 'a/b' (expected: Tenant id has an unsupported character
          body_size_limit: 1XB | 4 | body_size_limit: '1XB' (expected: a size
          profiling_config: {a: 1} | 4 | Unknown key 'a'
          pprof_config: {wall: {}} | 4 | 'path' is missing
          pprof_config: {wall: {path: wall}} | 4 | path: 'wall' (expected: /…)
          file_sd_configs: [{}] | 4 | 'files' is missing
          file_sd_configs: [{files: [a.txt]}] | 4 | files: 'a.txt' (expected: .json
          kubernetes_sd_configs: [{role: node}] | 4 | role: 'node' (expected: pod)
          kubernetes_sd_configs: [{role: pod, bearer_token: x}] | 4 | are for an api_server, which is missing
          basic_auth: {username: a} | 4 | 'password' or 'password_file' is missing
          basic_auth: {username: a, password: b, password_file: c} | 4 | exclude each other
          tls_config: {cert_file: a} | 4 | cert_file and key_file need each other
          proxy_url: socks5://a:1 | 4 | proxy_url: 'socks5://a:1' (expected: http://host:port)
          proxy_url: http://me:secret@proxy:1 | 4 | (expected: http://host:port)
          relabel_configs: [{action: keepp}] | 4 | Rule 1: action: 'keepp' (expected: replace, keep
          relabel_configs: {} | 4 | (expected: a list of rules)
          http_headers: {A: b} | 4 | Not a mapping
          static_configs: x | 4 | Not a list
          """)
  void saysWhatIsWrongAndWhere(String entry, int line, String message) {
    String others = entry.startsWith("static_configs") ? "" : "static_configs: [{targets: [a:1]}]";
    String text = "scrape_configs:\n- job_name: a\n  " + others + "\n  " + entry + "\n";

    assertThatThrownBy(() -> ScrapeConfig.parse(FILE, text, TenantId.ANONYMOUS))
        .isInstanceOf(ScrapeConfigException.class)
        .hasMessageStartingWith(FILE + " line " + line + ": ")
        .hasMessageContaining(message);
  }

  @Test
  void findsTheLineOfABadRule() {
    assertThatThrownBy(
            () ->
                onlyJob(
                    """
                    scrape_configs:
                    - job_name: a
                      static_configs: [{targets: [a:1]}]
                      relabel_configs:
                      - {action: labeldrop, regex: a}
                      - {action: replace, regx: a}
                    """))
        .hasMessage(
            FILE
                + " line 6: Rule 2: Unknown key 'regx' (expected: source_labels, separator, regex,"
                + " modulus, target_label, replacement, action)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          scrape_configs: [{job_name: a, static_configs: []}] | Job a has none of static_configs
          scrape_configs: [{static_configs: [{targets: [a]}]}] | 'job_name' is missing
          scrape_config: [] | Unknown key 'scrape_config' (expected: global, scrape_configs)
          scrape_configs: [a | Not YAML
          a: 1, b: *x | Not YAML
          [] | Not a mapping of keys to values
          {global: {evaluation_interval: 1m}} | Unknown key 'evaluation_interval'
          """)
  void refusesWhatIsNoConfiguration(String text, String message) {
    assertThatThrownBy(() -> ScrapeConfig.parse(FILE, text, TenantId.ANONYMOUS))
        .isInstanceOf(ScrapeConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusesTwoJobsOfOneName() {
    String text =
        """
        scrape_configs:
        - {job_name: a, static_configs: [{targets: [a:1]}]}
        - {job_name: a, static_configs: [{targets: [b:1]}]}
        """;

    assertThatThrownBy(() -> ScrapeConfig.parse(FILE, text, TenantId.ANONYMOUS))
        .hasMessage(FILE + " line 3: Another job is called a");
    ScrapeConfig defaults = ScrapeConfig.kubernetesDefaults(TenantId.ANONYMOUS);
    assertThatThrownBy(() -> defaults.then(defaults))
        .hasMessage("Two jobs are called kubernetes-pods-memory-default-name");
  }

  @Test
  void refusesAliases() {
    assertThatThrownBy(
            () ->
                ScrapeConfig.parse(FILE, "global: &g {}\nscrape_configs: *g\n", TenantId.ANONYMOUS))
        .hasMessage(FILE + " line 2: Aliases are not supported");
  }

  @Test
  void refusesAKeyThatStandsTwice() {
    assertThatThrownBy(
            () -> ScrapeConfig.parse(FILE, "global: {}\nglobal: {}\n", TenantId.ANONYMOUS))
        .hasMessageContaining("line 2")
        .hasMessageContaining("global");
  }

  private static JobConfig onlyJob(String text) {
    List<JobConfig> jobs = ScrapeConfig.parse(FILE, text, TenantId.ANONYMOUS).jobs();
    assertThat(jobs).hasSize(1);
    return jobs.get(0);
  }
}
