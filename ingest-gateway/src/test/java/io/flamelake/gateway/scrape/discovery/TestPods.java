/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.discovery;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.Map;

/** Pods as a cluster shows them. */
public final class TestPods {

  private TestPods() {}

  /** A running pod of one container {@code main} with a port {@code http}. */
  public static Pod pod(String name, String ip, int port, Map<String, String> annotations) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName(name)
        .withUid("uid-" + name)
        .withAnnotations(annotations)
        .addToLabels("app", "cart")
        .addNewOwnerReference()
        .withController(true)
        .withKind("ReplicaSet")
        .withName("cart-7")
        .withApiVersion("apps/v1")
        .withUid("u")
        .endOwnerReference()
        .endMetadata()
        .withNewSpec()
        .withNodeName("node-1")
        .addNewContainer()
        .withName("main")
        .withImage("cart:1")
        .addNewPort()
        .withName("http")
        .withContainerPort(port)
        .withProtocol("TCP")
        .endPort()
        .endContainer()
        .endSpec()
        .withNewStatus()
        .withPhase("Running")
        .withPodIP(ip)
        .withHostIP("192.168.0.1")
        .addNewCondition()
        .withType("Ready")
        .withStatus("True")
        .endCondition()
        .addNewContainerStatus()
        .withName("main")
        .withContainerID("containerd://c1")
        .endContainerStatus()
        .endStatus()
        .build();
  }
}
