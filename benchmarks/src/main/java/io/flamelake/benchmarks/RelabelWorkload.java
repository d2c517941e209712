/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

/** Rules as an operator of a Kubernetes cluster may have them. */
final class RelabelWorkload {

  /** Ten rules, of every kind that one can be costly by. */
  static final String RULES =
      """
      - {action: labeldrop, regex: 'pod_template_hash|controller_revision_hash|chart_.*'}
      - {action: drop, source_labels: [namespace], regex: 'sandbox-.*|.*-preview'}
      - {action: keep, source_labels: [region], regex: '(eu|us)-(west|east)-[0-9]+'}
      - {action: replace, source_labels: [service_name], regex: 'svc-([0-9]+)-(.*)', target_label: team, replacement: '$2-$1'}
      - {action: replace, source_labels: [namespace, service_name], separator: /, target_label: job}
      - {action: replace, source_labels: [pod], regex: '(.*)-([0-9]+)-[a-z0-9]+', target_label: replica, replacement: '$2'}
      - {action: lowercase, source_labels: [region], target_label: region}
      - {action: hashmod, source_labels: [pod], modulus: 16, target_label: shard}
      - {action: labelmap, regex: 'kubernetes_(.+)'}
      - {action: dropequal, source_labels: [namespace], target_label: service_name}
      """;

  private RelabelWorkload() {}
}
