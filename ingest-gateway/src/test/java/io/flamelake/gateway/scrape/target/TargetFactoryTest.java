/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.gateway.scrape.config.JobConfig;
import io.flamelake.gateway.scrape.config.ScrapeConfig;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetFactoryTest {

  private static final String ONLY_GOROUTINE =
      "pprof_config: {memory: {enabled: false}, block: {enabled: false}, mutex: {enabled: false},"
          + " process_cpu: {enabled: false}}";

  @Test
  void makesATargetForEachProfile() {
    List<ScrapeTarget> targets =
        make("scrape_interval: 15s", "__address__", "shop-1:6060", "zone", "a").targets();

    assertThat(targets)
        .extracting(target -> target.url().toString())
        .containsExactly(
            "http://shop-1:6060/debug/pprof/allocs",
            "http://shop-1:6060/debug/pprof/block",
            "http://shop-1:6060/debug/pprof/goroutine",
            "http://shop-1:6060/debug/pprof/mutex",
            "http://shop-1:6060/debug/pprof/profile?seconds=14");
    assertThat(targets.get(0).labels())
        .isEqualTo(
            LabelSet.of(
                "__name__", "memory",
                "instance", "shop-1:6060",
                "job", "shop",
                "service_name", "unspecified",
                "zone", "a"));
  }

  @Test
  void rulesMayChangeEverythingAboutTheRequest() {
    ScrapeTarget target =
        only(
            make(
                ONLY_GOROUTINE
                    + """

                      params: {debug: ["1", "2"]}
                      relabel_configs:
                      - {source_labels: [scheme], target_label: __scheme__}
                      - {source_labels: [__address__], regex: "(.+):.+", replacement: "$1:99", target_label: __address__}
                      - {replacement: /pre, target_label: __profile_path_prefix__}
                      - {replacement: /p, target_label: __profile_path__}
                      - {replacement: "0", target_label: __param_debug}
                      - {replacement: a b, target_label: __param_q}
                      - {replacement: me, target_label: instance}
                      - {replacement: wall, target_label: __name__}
                    """,
                "__address__",
                "shop:6060",
                "scheme",
                "https"));

    assertThat(target.url()).hasToString("https://shop:99/pre/p?debug=0&debug=2&q=a+b");
    assertThat(target.labels())
        .isEqualTo(
            LabelSet.of(
                "__name__", "wall",
                "instance", "me",
                "job", "shop",
                "scheme", "https",
                "service_name", "unspecified"));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          shop,        http://shop:80/debug/pprof/goroutine,         shop
          shop:6060,   http://shop:6060/debug/pprof/goroutine,       shop:6060
          10.0.0.1:1,  http://10.0.0.1:1/debug/pprof/goroutine,      10.0.0.1:1
          [fd00::1]:8, http://[fd00::1]:8/debug/pprof/goroutine,     [fd00::1]:8
          [fd00::1],   http://[fd00::1]:80/debug/pprof/goroutine,    [fd00::1]
          http://a:1,  -,                                            -
          a:1/path,    -,                                            -
          user@a:1,    -,                                            -
          a:0,         -,                                            -
          a:65536,     -,                                            -
          fd00::1,     -,                                            -
          '',          -,                                            -
          """)
  void readsAddresses(String address, String url, String instance) {
    TargetFactory.Outcome outcome = make(ONLY_GOROUTINE, "__address__", address);

    if (url == null) {
      assertThat(outcome.targets()).isEmpty();
      assertThat(outcome.dropped()).hasSize(1);
      assertThat(outcome.dropped().get(0).reason()).contains("'" + address + "'");
    } else {
      assertThat(only(outcome).url()).hasToString(url);
      assertThat(only(outcome).labels().value("instance")).isEqualTo(instance);
    }
  }

  @ParameterizedTest
  @CsvSource({"/a?b", "/a#b", "/a b", "/ä"})
  void dropsTargetsWhosePathIsNone(String path) {
    assertThat(make(ONLY_GOROUTINE, "__address__", "a:1", "__profile_path__", path).dropped())
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          service_name=s,                                                                   s
          __meta_kubernetes_pod_annotation_pyroscope_io_service_name=p,                     p
          __meta_kubernetes_namespace=n __meta_kubernetes_pod_container_name=c,             n/c
          __meta_kubernetes_namespace=n,                                                    unspecified
          __meta_docker_container_name=/d,                                                  /d
          __meta_dockerswarm_container_label_service_name=w,                                w
          service_name=s __meta_kubernetes_pod_annotation_pyroscope_io_service_name=p,      s
          __meta_kubernetes_pod_annotation_pyroscope_io_service_name=p __meta_kubernetes_namespace=n __meta_kubernetes_pod_container_name=c, p
          """)
  void infersTheService(String labels, String service) {
    TreeMap<String, String> discovered = new TreeMap<>();
    discovered.put("__address__", "a:1");
    for (String label : labels.split(" ", -1)) {
      String[] parts = label.split("=", 2);
      discovered.put(parts[0], parts[1]);
    }

    assertThat(only(make(ONLY_GOROUTINE, discovered)).labels().value("service_name"))
        .isEqualTo(service);
  }

  @Test
  void keepsTheSecondsThatAParameterNames() {
    assertThat(make("params: {seconds: [\"5\"]}", "__address__", "a:1").targets())
        .extracting(target -> target.url().path())
        .contains("/debug/pprof/profile?seconds=5");
  }

  @Test
  void tellsWhatRulesDrop() {
    TargetFactory.Outcome outcome =
        make(
            "relabel_configs: [{action: drop, source_labels: [__name__], regex: block|mutex}]",
            "__address__",
            "a:1");

    assertThat(outcome.targets()).hasSize(3);
    assertThat(outcome.dropped())
        .extracting(DroppedTarget::reason)
        .containsExactly("dropped by relabel_configs", "dropped by relabel_configs");
  }

  private static ScrapeTarget only(TargetFactory.Outcome outcome) {
    assertThat(outcome.targets()).hasSize(1);
    return outcome.targets().get(0);
  }

  private static TargetFactory.Outcome make(String jobKeys, String... labels) {
    TreeMap<String, String> discovered = new TreeMap<>();
    for (int i = 0; i < labels.length; i += 2) {
      discovered.put(labels[i], labels[i + 1]);
    }

    return make(jobKeys, discovered);
  }

  private static TargetFactory.Outcome make(String jobKeys, SortedMap<String, String> discovered) {
    String text =
        "scrape_configs:\n- job_name: shop\n  static_configs: [{targets: [x:1]}]\n  "
            + jobKeys.stripTrailing()
            + "\n";
    JobConfig job = ScrapeConfig.parse(Path.of("/t.yaml"), text, TenantId.ANONYMOUS).jobs().get(0);
    return new TargetFactory(job).make(discovered);
  }
}
