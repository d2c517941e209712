/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PodTargetsTest {

  @Test
  void aPortHasTheLabelsOfPrometheus() {
    Pod pod =
        TestPods.pod("cart-1", "10.0.0.1", 8080, Map.of("profiles.grafana.com/cpu.port", "1"));

    assertThat(PodTargets.of(pod))
        .containsExactly(
            new TreeMap<>(
                Map.ofEntries(
                    Map.entry("__address__", "10.0.0.1:8080"),
                    Map.entry("__meta_kubernetes_namespace", "shop"),
                    Map.entry(
                        "__meta_kubernetes_pod_annotation_profiles_grafana_com_cpu_port", "1"),
                    Map.entry(
                        "__meta_kubernetes_pod_annotationpresent_profiles_grafana_com_cpu_port",
                        "true"),
                    Map.entry("__meta_kubernetes_pod_container_id", "containerd://c1"),
                    Map.entry("__meta_kubernetes_pod_container_image", "cart:1"),
                    Map.entry("__meta_kubernetes_pod_container_init", "false"),
                    Map.entry("__meta_kubernetes_pod_container_name", "main"),
                    Map.entry("__meta_kubernetes_pod_container_port_name", "http"),
                    Map.entry("__meta_kubernetes_pod_container_port_number", "8080"),
                    Map.entry("__meta_kubernetes_pod_container_port_protocol", "TCP"),
                    Map.entry("__meta_kubernetes_pod_controller_kind", "ReplicaSet"),
                    Map.entry("__meta_kubernetes_pod_controller_name", "cart-7"),
                    Map.entry("__meta_kubernetes_pod_host_ip", "192.168.0.1"),
                    Map.entry("__meta_kubernetes_pod_ip", "10.0.0.1"),
                    Map.entry("__meta_kubernetes_pod_label_app", "cart"),
                    Map.entry("__meta_kubernetes_pod_labelpresent_app", "true"),
                    Map.entry("__meta_kubernetes_pod_name", "cart-1"),
                    Map.entry("__meta_kubernetes_pod_node_name", "node-1"),
                    Map.entry("__meta_kubernetes_pod_phase", "Running"),
                    Map.entry("__meta_kubernetes_pod_ready", "true"),
                    Map.entry("__meta_kubernetes_pod_uid", "uid-cart-1"))));
  }

  @Test
  void eachPortOfEachContainerIsATarget() {
    Pod pod =
        new PodBuilder(TestPods.pod("cart-1", "fd00::1", 8080, Map.of()))
            .editSpec()
            .editContainer(0)
            .addNewPort()
            .withContainerPort(9090)
            .endPort()
            .endContainer()
            .addNewContainer()
            .withName("sidecar")
            .endContainer()
            .addNewInitContainer()
            .withName("setup")
            .endInitContainer()
            .endSpec()
            .build();

    assertThat(PodTargets.of(pod))
        .extracting(
            labels ->
                labels.get("__address__")
                    + ' '
                    + labels.get("__meta_kubernetes_pod_container_name")
                    + ' '
                    + labels.get("__meta_kubernetes_pod_container_init"))
        .containsExactly(
            "[fd00::1]:8080 main false",
            "[fd00::1]:9090 main false",
            "[fd00::1] sidecar false",
            "[fd00::1] setup true");
  }

  @Test
  void aPodWithoutAddressHasNoTargets() {
    Pod pod =
        new PodBuilder(TestPods.pod("cart-1", "10.0.0.1", 8080, Map.of()))
            .editStatus()
            .withPodIP(null)
            .endStatus()
            .build();

    assertThat(PodTargets.of(pod)).isEmpty();
    assertThat(PodTargets.of(new PodBuilder(pod).withStatus(null).build())).isEmpty();
  }
}
