/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.discovery;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.net.InetAddress;
import java.util.HashMap;

/** A Kubernetes API server that keeps what it is given and tells whoever watches. */
public final class TestCluster implements AutoCloseable {

  private final KubernetesMockServer server =
      new KubernetesMockServer(
          new Context(),
          new MockWebServer(),
          new HashMap<>(),
          new KubernetesCrudDispatcher(),
          false);
  private final KubernetesClient client;

  public TestCluster() {
    this(0);
  }

  /** A cluster on a port, 0 for any. */
  public TestCluster(int port) {
    server.init(InetAddress.getLoopbackAddress(), port);
    this.client = server.createClient();
  }

  /** A client to change things with; closed with the cluster. */
  public KubernetesClient client() {
    return client;
  }

  /** Another client of the same cluster. */
  public KubernetesClient newClient() {
    return server.createClient();
  }

  public String url() {
    return client.getConfiguration().getMasterUrl();
  }

  @Override
  public void close() {
    client.close();
    server.destroy();
  }
}
