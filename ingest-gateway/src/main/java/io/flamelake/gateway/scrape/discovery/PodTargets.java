/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.discovery;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The targets of a pod, with the labels that Prometheus' role {@code pod} gives them: one for each
 * declared port of each container, and one without port for a container that declares none.
 */
final class PodTargets {

  private static final String PREFIX = "__meta_kubernetes_";
  private static final String POD = PREFIX + "pod_";
  private static final Pattern NOT_IN_NAMES = Pattern.compile("[^a-zA-Z0-9_]");

  private final Pod pod;
  private final PodStatus status;

  private PodTargets(Pod pod, PodStatus status) {
    this.pod = pod;
    this.status = status;
  }

  /** The targets; none before the pod has an address. */
  static List<SortedMap<String, String>> of(Pod pod) {
    PodStatus status = pod.getStatus();
    if (status == null || text(status.getPodIP()).isEmpty() || pod.getSpec() == null) {
      return List.of();
    }

    return new PodTargets(pod, status).targets();
  }

  private List<SortedMap<String, String>> targets() {
    SortedMap<String, String> podLabels = podLabels();
    List<SortedMap<String, String>> targets = new ArrayList<>();
    for (Container container : pod.getSpec().getContainers()) {
      addTargets(targets, podLabels, container, false);
    }

    for (Container container : pod.getSpec().getInitContainers()) {
      addTargets(targets, podLabels, container, true);
    }

    return List.copyOf(targets);
  }

  private void addTargets(
      List<SortedMap<String, String>> targets,
      SortedMap<String, String> podLabels,
      Container container,
      boolean isInit) {
    SortedMap<String, String> labels = new TreeMap<>(podLabels);
    labels.put(POD + "container_name", text(container.getName()));
    labels.put(POD + "container_image", text(container.getImage()));
    labels.put(POD + "container_init", Boolean.toString(isInit));
    putIfNotEmpty(labels, POD + "container_id", containerId(container, isInit));
    String host = host();
    if (container.getPorts().isEmpty()) {
      targets.add(withAddress(labels, host));
    }

    for (ContainerPort port : container.getPorts()) {
      SortedMap<String, String> portLabels = new TreeMap<>(labels);
      portLabels.put(POD + "container_port_name", text(port.getName()));
      portLabels.put(POD + "container_port_number", String.valueOf(port.getContainerPort()));
      portLabels.put(
          POD + "container_port_protocol", Objects.requireNonNullElse(port.getProtocol(), "TCP"));
      targets.add(withAddress(portLabels, host + ':' + port.getContainerPort()));
    }
  }

  private static SortedMap<String, String> withAddress(
      SortedMap<String, String> labels, String address) {
    labels.put(Discovery.ADDRESS, address);
    return Collections.unmodifiableSortedMap(labels);
  }

  private String host() {
    String ip = text(status.getPodIP());
    return ip.contains(":") ? '[' + ip + ']' : ip;
  }

  private SortedMap<String, String> podLabels() {
    ObjectMeta metadata = pod.getMetadata();
    SortedMap<String, String> labels = new TreeMap<>();
    labels.put(PREFIX + "namespace", text(metadata.getNamespace()));
    labels.put(POD + "name", text(metadata.getName()));
    labels.put(POD + "ip", text(status.getPodIP()));
    labels.put(POD + "phase", text(status.getPhase()));
    labels.put(POD + "ready", readiness());
    labels.put(POD + "node_name", text(pod.getSpec().getNodeName()));
    labels.put(POD + "host_ip", text(status.getHostIP()));
    labels.put(POD + "uid", text(metadata.getUid()));
    for (OwnerReference owner : metadata.getOwnerReferences()) {
      if (Boolean.TRUE.equals(owner.getController())) {
        putIfNotEmpty(labels, POD + "controller_kind", text(owner.getKind()));
        putIfNotEmpty(labels, POD + "controller_name", text(owner.getName()));
      }
    }

    putAll(labels, "label", metadata.getLabels());
    putAll(labels, "annotation", metadata.getAnnotations());
    return labels;
  }

  private static void putAll(
      SortedMap<String, String> labels, String kind, @Nullable Map<String, String> entries) {
    if (entries != null) {
      entries.forEach(
          (name, value) -> {
            String sanitized = NOT_IN_NAMES.matcher(name).replaceAll("_");
            labels.put(POD + kind + '_' + sanitized, text(value));
            labels.put(POD + kind + "present_" + sanitized, "true");
          });
    }
  }

  /** The condition's status in Prometheus' spelling. */
  private String readiness() {
    for (PodCondition condition : status.getConditions()) {
      if ("Ready".equals(condition.getType())) {
        return text(condition.getStatus()).toLowerCase(Locale.ROOT);
      }
    }

    return "unknown";
  }

  private String containerId(Container container, boolean isInit) {
    List<ContainerStatus> statuses =
        isInit ? status.getInitContainerStatuses() : status.getContainerStatuses();
    for (ContainerStatus containerStatus : statuses) {
      if (Objects.equals(containerStatus.getName(), container.getName())) {
        return text(containerStatus.getContainerID());
      }
    }

    return "";
  }

  private static void putIfNotEmpty(SortedMap<String, String> labels, String name, String value) {
    if (!value.isEmpty()) {
      labels.put(name, value);
    }
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
