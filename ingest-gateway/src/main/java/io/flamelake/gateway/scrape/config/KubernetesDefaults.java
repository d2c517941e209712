/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The jobs for pods with the usual annotations, as they would be written in a file. They are those
 * of the charts of Phlare and Pyroscope, by the same names, so that a cluster whose pods were
 * scraped by them is scraped the same way.
 */
final class KubernetesDefaults {

  /** Profiles by the name they have in annotations. */
  private static final Map<String, String> PROFILES = new LinkedHashMap<>();

  static {
    PROFILES.put("memory", "memory");
    PROFILES.put("cpu", "process_cpu");
    PROFILES.put("block", "block");
    PROFILES.put("mutex", "mutex");
    PROFILES.put("goroutine", "goroutine");
    PROFILES.put("fgprof", "fgprof");
  }

  /** The annotations of one profile that say where it is served; @TYPE@ is its name. */
  private static final String TYPE_JOBS =
      """
      - job_name: kubernetes-pods-@TYPE@-default-name
        kubernetes_sd_configs: [{role: pod}]
        pprof_config: {@PPROF_CONFIG@}
        relabel_configs:
        - {action: keep, source_labels: [@ANNOTATION@_scrape], regex: "true"}
        - {action: keep, source_labels: [@ANNOTATION@_port_name], regex: ""}
      @ADDRESS_RULES@@COMMON_RULES@
      - job_name: kubernetes-pods-@TYPE@-custom-name
        kubernetes_sd_configs: [{role: pod}]
        pprof_config: {@PPROF_CONFIG@}
        relabel_configs:
        - {action: keep, source_labels: [@ANNOTATION@_scrape], regex: "true"}
        - {action: drop, source_labels: [@ANNOTATION@_port_name], regex: ""}
        - {action: keepequal, source_labels: [__meta_kubernetes_pod_container_port_name], target_label: @ANNOTATION@_port_name}
      @ADDRESS_RULES@@COMMON_RULES@
      """;

  private static final String ADDRESS_RULES =
      """
        - {source_labels: [@ANNOTATION@_scheme], regex: "(https?)", target_label: __scheme__}
        - {source_labels: [@ANNOTATION@_path], regex: "(.+)", target_label: __profile_path__}
        - {source_labels: [__address__, @ANNOTATION@_port], regex: '(.+?)(?::\\d+)?;(\\d+)', replacement: "$1:$2", target_label: __address__}
      """;

  /** Older annotations, for all profiles of one port. */
  private static final String PHLARE_JOB =
      """
      - job_name: kubernetes-pods
        kubernetes_sd_configs: [{role: pod}]
        relabel_configs:
        - {action: keep, source_labels: [__meta_kubernetes_pod_annotation_phlare_grafana_com_scrape], regex: "true"}
        - {source_labels: [__address__, __meta_kubernetes_pod_annotation_phlare_grafana_com_port], regex: '(.+?)(?::\\d+)?;(\\d+)', replacement: "$1:$2", target_label: __address__}
      @COMMON_RULES@
      """;

  /** What has no port or speaks no TCP serves nothing; init containers have ended. */
  private static final String COMMON_RULES =
      """
        - {action: keep, source_labels: [__address__], regex: '.+:\\d+'}
        - {action: drop, source_labels: [__meta_kubernetes_pod_container_port_protocol], regex: "UDP|SCTP"}
        - {action: drop, source_labels: [__meta_kubernetes_pod_container_init], regex: "true"}
        - {action: drop, source_labels: [__meta_kubernetes_pod_phase], regex: "Pending|Succeeded|Failed|Completed"}
        - {action: labelmap, regex: "__meta_kubernetes_pod_label_(.+)"}
        - {source_labels: [__meta_kubernetes_namespace], target_label: namespace}
        - {source_labels: [__meta_kubernetes_pod_name], target_label: pod}
        - {source_labels: [__meta_kubernetes_pod_container_name], target_label: container}
        - {source_labels: [__meta_kubernetes_pod_annotation_resource_opentelemetry_io_service_name], regex: "(.+)", target_label: service_name}
        - {source_labels: [__meta_kubernetes_pod_annotation_profiles_grafana_com_service_name], regex: "(.+)", target_label: service_name}
        - {source_labels: [__meta_kubernetes_pod_annotation_profiles_grafana_com_service_repository], regex: "(.+)", target_label: service_repository}
        - {source_labels: [__meta_kubernetes_pod_annotation_profiles_grafana_com_service_git_ref], regex: "(.+)", target_label: service_git_ref}
        - {source_labels: [__meta_kubernetes_pod_annotation_profiles_grafana_com_service_root_path], regex: "(.+)", target_label: service_root_path}
      """;

  private KubernetesDefaults() {}

  /** The whole text. */
  static String yaml() {
    StringBuilder yaml = new StringBuilder("scrape_configs:\n");
    PROFILES.forEach(
        (type, profile) ->
            yaml.append(
                TYPE_JOBS
                    .replace("@ADDRESS_RULES@", ADDRESS_RULES)
                    .replace("@COMMON_RULES@", COMMON_RULES)
                    .replace("@PPROF_CONFIG@", only(profile))
                    .replace(
                        "@ANNOTATION@",
                        "__meta_kubernetes_pod_annotation_profiles_grafana_com_" + type)
                    .replace("@TYPE@", type)));
    return yaml.append(PHLARE_JOB.replace("@COMMON_RULES@", COMMON_RULES)).toString();
  }

  private static String only(String profile) {
    StringBuilder config = new StringBuilder();
    for (ProfileConfig known : ProfileConfig.DEFAULTS) {
      config
          .append(config.isEmpty() ? "" : ", ")
          .append(known.name())
          .append(": {enabled: ")
          .append(known.name().equals(profile))
          .append('}');
    }

    return config.toString();
  }
}
