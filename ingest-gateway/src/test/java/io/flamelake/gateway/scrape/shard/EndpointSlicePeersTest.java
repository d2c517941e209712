/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.flamelake.gateway.scrape.discovery.TestCluster;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EndpointSlicePeersTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final TestCluster cluster = new TestCluster();
  private final EndpointSlicePeers peers =
      new EndpointSlicePeers("profiling/gateway", cluster.newClient());

  @AfterEach
  void close() {
    peers.close();
    cluster.close();
  }

  @Test
  void thePodsOfAServiceThatAreReadyArePeers() {
    cluster
        .client()
        .resource(slice("gateway-a", "gateway", "gateway-0", "10.0.0.1", true))
        .create();
    cluster.client().resource(slice("other", "querier", "querier-0", "10.0.0.9", true)).create();
    peers.start();
    awaitPeers(new Peer("gateway-0", "10.0.0.1:4040"));

    cluster.client().resource(slice("gateway-b", "gateway", "gateway-1", "fd00::2", null)).create();
    awaitPeers(new Peer("gateway-0", "10.0.0.1:4040"), new Peer("gateway-1", "[fd00::2]:4040"));

    cluster
        .client()
        .resource(slice("gateway-a", "gateway", "gateway-0", "10.0.0.1", false))
        .update();
    awaitPeers(new Peer("gateway-1", "[fd00::2]:4040"));

    cluster
        .client()
        .discovery()
        .v1()
        .endpointSlices()
        .inNamespace("profiling")
        .withName("gateway-b")
        .delete();
    awaitPeers();
  }

  private void awaitPeers(Peer... expected) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(peers.peers()).isEqualTo(List.of(expected)));
  }

  private static EndpointSlice slice(
      String name, String service, String pod, String address, @Nullable Boolean ready) {
    return new EndpointSliceBuilder()
        .withNewMetadata()
        .withNamespace("profiling")
        .withName(name)
        .addToLabels("kubernetes.io/service-name", service)
        .endMetadata()
        .withAddressType(address.contains(":") ? "IPv6" : "IPv4")
        .addNewPort()
        .withName("grpc")
        .withPort(9095)
        .endPort()
        .addNewPort()
        .withName("http2")
        .withPort(4040)
        .endPort()
        .addNewEndpoint()
        .withAddresses(address)
        .withNewConditions()
        .withReady(ready)
        .endConditions()
        .withNewTargetRef()
        .withKind("Pod")
        .withName(pod)
        .withNamespace("profiling")
        .endTargetRef()
        .endEndpoint()
        .build();
  }
}
