/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.flamelake.gateway.TestGateway;
import io.flamelake.gateway.scrape.discovery.TestCluster;
import io.flamelake.gateway.scrape.discovery.TestPods;
import io.flamelake.gateway.scrape.loop.TargetStatus.Health;
import io.flamelake.gateway.scrape.shard.ShardConfig;
import io.flamelake.gateway.scrape.target.ScrapeTarget;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.segment.store.InMemoryObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods of a mock cluster, served by real HTTP servers on addresses of this machine. */
class KubernetesScrapeTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String MASTER = "kubernetes.master";
  private static final String USE_KUBECONFIG = "kubernetes.auth.tryKubeConfig";

  @TempDir Path dir;

  private final TestCluster cluster = new TestCluster();
  private final FakeTargets fakes = new FakeTargets();
  private final TestGateway gateway =
      new TestGateway(TestGateway.config(), new InMemoryObjectStore());
  private @Nullable Scraper scraper;

  /** The cluster this process runs in, as far as the client can tell. */
  @BeforeEach
  void runInCluster() {
    System.setProperty(MASTER, cluster.url());
    System.setProperty(USE_KUBECONFIG, "false");
  }

  @AfterEach
  void close() {
    System.clearProperty(MASTER);
    System.clearProperty(USE_KUBECONFIG);
    if (scraper != null) {
      scraper.close();
    }

    gateway.close();
    fakes.close();
    cluster.close();
  }

  @Test
  void podsComeGoAndChangeTheirAnnotations() throws IOException {
    write(
        """
        scrape_configs:
        - job_name: pods
          scrape_interval: 200ms
          pprof_config: {memory: {enabled: false}, block: {enabled: false}, mutex: {enabled: false}, process_cpu: {enabled: false}}
          kubernetes_sd_configs: [{role: pod, api_server: '%s', namespaces: {names: [shop]}}]
          relabel_configs:
          - {action: keep, source_labels: [__meta_kubernetes_pod_annotation_scrape], regex: "true"}
          - {source_labels: [__meta_kubernetes_pod_annotation_path], target_label: __profile_path__}
          - {source_labels: [__meta_kubernetes_pod_name], target_label: pod}
        """
            .formatted(cluster.url()));
    add(pod("cart-1", "127.0.2.1", Map.of("scrape", "true", "path", "/ok")));
    start(false);

    await().atMost(PATIENCE).until(() -> isUp("cart-1"));
    assertThat(gateway.stored().get(0).record().labels())
        .isEqualTo(
            LabelSet.of(
                "__name__", "goroutine",
                "instance", "127.0.2.1:" + fakes.port(),
                "job", "pods",
                "pod", "cart-1",
                "service_name", "shop/main"));

    add(pod("cart-2", "127.0.2.2", Map.of("scrape", "true", "path", "/gzipped")));
    await().atMost(PATIENCE).until(() -> isUp("cart-2"));

    add(pod("cart-3", "127.0.2.3", Map.of("path", "/ok")));
    annotate("cart-3", Map.of("scrape", "true", "path", "/ok"));
    await().atMost(PATIENCE).until(() -> isUp("cart-3"));

    annotate("cart-2", Map.of("scrape", "false"));
    await().atMost(PATIENCE).until(() -> pods().equals(List.of("cart-1", "cart-3")));

    annotate("cart-1", Map.of("scrape", "true", "path", "/error"));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                requireNonNull(scraper).targets().active().stream()
                    .anyMatch(active -> active.status().lastError().contains("status 500")));

    cluster.client().pods().inNamespace("shop").withName("cart-1").delete();
    await().atMost(PATIENCE).until(() -> pods().equals(List.of("cart-3")));
    assertThat(fakes.requests()).noneMatch(request -> request.host().equals("127.0.2.4"));
  }

  @Test
  void theDefaultJobsTakeBothFamiliesOfAnnotationsOnce() throws IOException {
    String own = "profiles.grafana.com/";
    add(TestPods.pod("old", "10.0.0.1", 80, Map.of("phlare.grafana.com/scrape", "true")));
    add(
        TestPods.pod(
            "old-port",
            "10.0.0.2",
            80,
            Map.of("phlare.grafana.com/scrape", "true", "phlare.grafana.com/port", "6060")));
    add(
        TestPods.pod(
            "new",
            "10.0.0.3",
            80,
            Map.of(
                own + "cpu.scrape", "true",
                own + "cpu.port", "6061",
                own + "cpu.path", "/cpu",
                own + "cpu.scheme", "https",
                own + "service_name", "cart")));
    add(
        twoPorts(
            "named",
            "10.0.0.4",
            Map.of(own + "memory.scrape", "true", own + "memory.port_name", "pprof")));
    add(twoPorts("all-ports", "10.0.0.5", Map.of(own + "block.scrape", "true")));
    add(
        twoPorts(
            "one-of-two",
            "10.0.0.6",
            Map.of(own + "mutex.scrape", "true", own + "mutex.port", "6060")));
    add(
        TestPods.pod(
            "both",
            "10.0.0.7",
            6060,
            Map.of(
                "phlare.grafana.com/scrape",
                "true",
                own + "goroutine.scrape",
                "true",
                own + "goroutine.port",
                "6060",
                "resource.opentelemetry.io/service.name",
                "otel")));
    add(TestPods.pod("none", "10.0.0.8", 80, Map.of(own + "cpu.scrape", "false")));
    add(
        new PodBuilder(TestPods.pod("ended", "10.0.0.9", 80, Map.of(own + "cpu.scrape", "true")))
            .editStatus()
            .withPhase("Succeeded")
            .endStatus()
            .build());
    start(true);

    List<String> expected =
        List.of(
            "all-ports/main block http://10.0.0.5:80/debug/pprof/block shop/main",
            "all-ports/sidecar block http://10.0.0.5:6060/debug/pprof/block shop/sidecar",
            "both/main block http://10.0.0.7:6060/debug/pprof/block otel",
            "both/main goroutine http://10.0.0.7:6060/debug/pprof/goroutine otel",
            "both/main memory http://10.0.0.7:6060/debug/pprof/allocs otel",
            "both/main mutex http://10.0.0.7:6060/debug/pprof/mutex otel",
            "both/main process_cpu http://10.0.0.7:6060/debug/pprof/profile?seconds=14 otel",
            "named/sidecar memory http://10.0.0.4:6060/debug/pprof/allocs shop/sidecar",
            "new/main process_cpu https://10.0.0.3:6061/cpu?seconds=14 cart",
            "old-port/main block http://10.0.0.2:6060/debug/pprof/block shop/main",
            "old-port/main goroutine http://10.0.0.2:6060/debug/pprof/goroutine shop/main",
            "old-port/main memory http://10.0.0.2:6060/debug/pprof/allocs shop/main",
            "old-port/main mutex http://10.0.0.2:6060/debug/pprof/mutex shop/main",
            "old-port/main process_cpu http://10.0.0.2:6060/debug/pprof/profile?seconds=14"
                + " shop/main",
            "old/main block http://10.0.0.1:80/debug/pprof/block shop/main",
            "old/main goroutine http://10.0.0.1:80/debug/pprof/goroutine shop/main",
            "old/main memory http://10.0.0.1:80/debug/pprof/allocs shop/main",
            "old/main mutex http://10.0.0.1:80/debug/pprof/mutex shop/main",
            "old/main process_cpu http://10.0.0.1:80/debug/pprof/profile?seconds=14 shop/main",
            "one-of-two/sidecar mutex http://10.0.0.6:6060/debug/pprof/mutex shop/sidecar");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(described()).containsExactlyElementsOf(expected));
    assertThat(requireNonNull(scraper).targets().active())
        .filteredOn(active -> active.target().labels().value("pod").equals("new"))
        .singleElement()
        .satisfies(
            active ->
                assertThat(active.target().labels())
                    .isEqualTo(
                        LabelSet.of(
                            "__name__", "process_cpu",
                            "app", "cart",
                            "container", "main",
                            "instance", "10.0.0.3:6061",
                            "job", "kubernetes-pods-cpu-default-name",
                            "namespace", "shop",
                            "pod", "new",
                            "service_name", "cart")));
  }

  private List<String> described() {
    return requireNonNull(scraper).targets().active().stream()
        .map(Targets.ActiveTarget::target)
        .map(KubernetesScrapeTest::describe)
        .sorted()
        .toList();
  }

  private static String describe(ScrapeTarget target) {
    LabelSet labels = target.labels();
    return labels.value("pod")
        + '/'
        + labels.value("container")
        + ' '
        + labels.value("__name__")
        + ' '
        + target.url()
        + ' '
        + labels.value("service_name");
  }

  private List<String> pods() {
    return requireNonNull(scraper).targets().active().stream()
        .map(active -> active.target().labels().value("pod"))
        .sorted()
        .toList();
  }

  private boolean isUp(String pod) {
    return requireNonNull(scraper).targets().active().stream()
        .anyMatch(
            active ->
                active.target().labels().value("pod").equals(pod)
                    && active.status().health() == Health.UP);
  }

  private Pod pod(String name, String ip, Map<String, String> annotations) {
    return TestPods.pod(name, ip, fakes.port(), annotations);
  }

  /** A second container with a port {@code pprof}, 6060. */
  private static Pod twoPorts(String name, String ip, Map<String, String> annotations) {
    return new PodBuilder(TestPods.pod(name, ip, 80, annotations))
        .editSpec()
        .addNewContainer()
        .withName("sidecar")
        .addNewPort()
        .withName("pprof")
        .withContainerPort(6060)
        .endPort()
        .endContainer()
        .endSpec()
        .build();
  }

  private void add(Pod pod) {
    cluster.client().resource(pod).create();
  }

  private void annotate(String pod, Map<String, String> annotations) {
    cluster
        .client()
        .pods()
        .inNamespace("shop")
        .withName(pod)
        .edit(
            before ->
                new PodBuilder(before)
                    .editMetadata()
                    .withAnnotations(annotations)
                    .endMetadata()
                    .build());
  }

  private void write(String text) throws IOException {
    Files.writeString(dir.resolve("scrape.yaml"), text);
  }

  private void start(boolean isWithDefaults) {
    Path file = dir.resolve("scrape.yaml");
    Scraper made =
        gateway
            .gateway()
            .newScraper(
                new ScraperConfig(
                    Files.exists(file) ? file : null,
                    Duration.ofSeconds(1),
                    isWithDefaults,
                    TenantId.ANONYMOUS,
                    ShardConfig.alone()));
    scraper = made;
    made.start();
  }
}
