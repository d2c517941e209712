/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.target;

import io.flamelake.model.LabelNames;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names the service of a target that no rule has named. */
final class ServiceNames {

  private static final String ANNOTATION =
      "__meta_kubernetes_pod_annotation_pyroscope_io_service_name";
  private static final String NAMESPACE = "__meta_kubernetes_namespace";
  private static final String CONTAINER = "__meta_kubernetes_pod_container_name";
  private static final String DOCKER_CONTAINER = "__meta_docker_container_name";
  private static final String SWARM_CONTAINER = "__meta_dockerswarm_container_label_service_name";
  private static final String SWARM_SERVICE = "__meta_dockerswarm_service_name";

  /** What Phlare's agent calls it. */
  private static final String UNSPECIFIED = "unspecified";

  private ServiceNames() {}

  /** The name that the labels suggest, after relabelling. */
  static String infer(Map<String, String> labels) {
    String named = first(labels, LabelNames.SERVICE_NAME, ANNOTATION);
    if (named != null) {
      return named;
    }

    String namespace = first(labels, NAMESPACE);
    String container = first(labels, CONTAINER);
    if (namespace != null && container != null) {
      return namespace + '/' + container;
    }

    String docker = first(labels, DOCKER_CONTAINER, SWARM_CONTAINER, SWARM_SERVICE);
    return docker == null ? UNSPECIFIED : docker;
  }

  private static @Nullable String first(Map<String, String> labels, String... names) {
    for (String name : names) {
      String value = labels.getOrDefault(name, "");
      if (!value.isEmpty()) {
        return value;
      }
    }

    return null;
  }
}
