/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flamelake.gateway.scrape.config.HttpOptions;
import io.flamelake.gateway.scrape.config.KubernetesDiscoveryConfig;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KubernetesDiscoveryTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void waitsForAClusterThatIsNotThereYet() throws IOException {
    int port = freePort();
    try (KubernetesDiscovery discovery = discovery("http://localhost:" + port, "")) {
      discovery.start(() -> {});
      try (TestCluster cluster = new TestCluster(port)) {
        cluster.client().resource(TestPods.pod("cart-1", "10.0.0.1", 80, Map.of())).create();

        await().atMost(PATIENCE).until(() -> discovery.targets().size() == 1);
      }

      assertThat(discovery.targets()).as("after the cluster has gone").hasSize(1);
    }
  }

  @Test
  void seesThePodsOfItsNamespacesAndSelectorOnly() {
    try (TestCluster cluster = new TestCluster();
        KubernetesDiscovery discovery = discovery(cluster.url(), "app=cart", "shop")) {
      cluster.client().resource(TestPods.pod("cart-1", "10.0.0.1", 80, Map.of())).create();
      cluster
          .client()
          .resource(
              TestPods.pod("cart-2", "10.0.0.2", 80, Map.of())
                  .edit()
                  .editMetadata()
                  .addToLabels("app", "other")
                  .endMetadata()
                  .build())
          .create();
      cluster
          .client()
          .resource(
              TestPods.pod("cart-3", "10.0.0.3", 80, Map.of())
                  .edit()
                  .editMetadata()
                  .withNamespace("elsewhere")
                  .endMetadata()
                  .build())
          .create();
      discovery.start(() -> {});

      await().atMost(PATIENCE).until(() -> !discovery.targets().isEmpty());
      assertThat(discovery.targets())
          .extracting(labels -> labels.get(Discovery.ADDRESS))
          .containsExactly("10.0.0.1:80");
    }
  }

  @Test
  void anUpdateThatChangesNoTargetIsNotTold() {
    AtomicInteger changes = new AtomicInteger();
    try (TestCluster cluster = new TestCluster();
        KubernetesDiscovery discovery = discovery(cluster.url(), "")) {
      cluster.client().resource(TestPods.pod("cart-1", "10.0.0.1", 80, Map.of())).create();
      discovery.start(changes::incrementAndGet);
      await().atMost(PATIENCE).until(() -> discovery.targets().size() == 1);
      Object targets = discovery.targets().get(0);

      cluster
          .client()
          .pods()
          .inNamespace("shop")
          .withName("cart-1")
          .edit(pod -> pod.edit().editStatus().withMessage("still running").endStatus().build());
      cluster.client().resource(TestPods.pod("cart-2", "10.0.0.2", 80, Map.of())).create();
      await().atMost(PATIENCE).until(() -> discovery.targets().size() == 2);

      assertThat(changes).hasValue(2);
      assertThat(discovery.targets().get(0)).isSameAs(targets);
    }
  }

  private static KubernetesDiscovery discovery(
      String server, String labelSelector, String... namespaces) {
    return new KubernetesDiscovery(
        new KubernetesDiscoveryConfig(
            server,
            null,
            HttpOptions.DEFAULT,
            List.of(namespaces),
            false,
            labelSelector,
            List.of()));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
