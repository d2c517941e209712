/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.health;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One table at one version.
 *
 * @param smallFiles files below three quarters of the target size that share their partition with
 *     others: what compaction can still make fewer
 * @param mostFilesInPartition files of the partition that has the most
 * @param metadataBytes size of the current {@code metadata.json}
 * @param lastCommit null if there was none
 * @param bytesByTenant of data files
 */
public record TableHealth(
    String table,
    long files,
    long smallFiles,
    long bytes,
    long rows,
    int partitions,
    long mostFilesInPartition,
    int manifests,
    int snapshots,
    long metadataBytes,
    @Nullable Instant lastCommit,
    SortedMap<String, Long> bytesByTenant) {
  public TableHealth {
    requireNonNull(table, "table");
    bytesByTenant = Collections.unmodifiableSortedMap(new TreeMap<>(bytesByTenant));
  }
}
