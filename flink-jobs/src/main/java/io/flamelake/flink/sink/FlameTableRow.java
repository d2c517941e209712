/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.PartitionVersion;
import io.flamelake.model.flamegraph.PreorderTree;

/**
 * A row of table {@code flame_1h} or {@code flame_1d}.
 *
 * @param timeMicros the start of the hour or day
 * @param profiles how many rows of {@code profiles} the tree is made of
 * @param samples how many samples these rows have
 * @param covered which version of the hour or day the tree is made of
 */
public record FlameTableRow(
    String tenant,
    String profileType,
    String serviceName,
    long timeMicros,
    long profiles,
    long samples,
    PreorderTree tree,
    PartitionVersion covered) {

  public FlameTableRow {
    requireNonNull(tenant, "tenant");
    requireNonNull(profileType, "profileType");
    requireNonNull(serviceName, "serviceName");
    requireNonNull(tree, "tree");
    requireNonNull(covered, "covered");
  }
}
