/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pods of a Kubernetes cluster.
 *
 * @param apiServer null for the cluster this process runs in, or the one of {@code kubeconfig}
 * @param kubeconfig a file that says where the API server is and who asks
 * @param http credentials and TLS for {@code apiServer}
 * @param namespaces none: all of them
 * @param ownNamespace whether the namespace of this process is one of them
 * @param labelSelector which pods; empty for all
 * @param fieldConditions which pods: those that meet all of them
 */
public record KubernetesDiscoveryConfig(
    @Nullable String apiServer,
    @Nullable Path kubeconfig,
    HttpOptions http,
    List<String> namespaces,
    boolean ownNamespace,
    String labelSelector,
    List<FieldCondition> fieldConditions) {

  private static final String POD = "pod";

  public KubernetesDiscoveryConfig {
    namespaces = List.copyOf(namespaces);
    fieldConditions = List.copyOf(fieldConditions);
  }

  static KubernetesDiscoveryConfig parse(YamlMapping mapping, HttpOptionsParser http) {
    checkRole(mapping);
    YamlMapping selector = findSelector(mapping);
    YamlMapping namespaces = mapping.findMapping("namespaces");
    KubernetesDiscoveryConfig config =
        new KubernetesDiscoveryConfig(
            mapping.findText("api_server"),
            http.findPath(mapping, "kubeconfig_file"),
            http.parse(mapping),
            namespaces == null ? List.of() : namespaces.texts("names"),
            namespaces != null && namespaces.flag("own_namespace", false),
            selector == null ? "" : selector.text("label", ""),
            selector == null
                ? List.of()
                : selector.parse("field", List.of(), FieldCondition::parse));
    for (@Nullable YamlMapping part : new @Nullable YamlMapping[] {mapping, namespaces, selector}) {
      if (part != null) {
        part.checkNothingElse();
      }
    }

    config.check(mapping);
    return config;
  }

  private void check(YamlMapping mapping) {
    if (apiServer != null && kubeconfig != null) {
      throw mapping.error("kubeconfig_file", "api_server and kubeconfig_file exclude each other");
    }

    if (apiServer == null
        && (http.credentials() != null || !http.tls().equals(TlsConfig.DEFAULT))) {
      throw mapping.error("Credentials and tls_config are for an api_server, which is missing");
    }
  }

  private static void checkRole(YamlMapping mapping) {
    String role = mapping.requiredText("role");
    if (!role.equals(POD)) {
      throw mapping.error("role", "role: '" + role + "' (expected: pod)");
    }
  }

  private static @Nullable YamlMapping findSelector(YamlMapping mapping) {
    List<YamlMapping> selectors = mapping.mappings("selectors");
    for (YamlMapping selector : selectors) {
      checkRole(selector);
    }

    if (selectors.size() > 1) {
      throw mapping.error("selectors", "selectors: more than one for role pod");
    }

    return selectors.isEmpty() ? null : selectors.get(0);
  }
}
