/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.health;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.LaneWatermarks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.util.PropertyUtil;
import org.jspecify.annotations.Nullable;

/**
 * The files of one table by partition, from its manifests. A manifest never changes, so each is
 * read once, however often somebody asks. Not thread-safe.
 */
final class TableFiles {
  /** A file as large as this part of the target is not worth another rewrite. */
  private static final double LARGE_ENOUGH = 0.75;

  private final Table table;
  private Map<String, Map<Partition, PartitionFiles>> byManifest = Map.of();
  private SortedMap<String, Map<Integer, PartitionFiles>> byTenant = new TreeMap<>();

  TableFiles(Table table) {
    this.table = requireNonNull(table, "table");
  }

  /** Reads the newest version. */
  TableHealth refresh() {
    table.refresh();
    TableMetadata metadata = ((HasTableOperations) table).operations().current();
    Snapshot snapshot = metadata.currentSnapshot();
    Map<String, Map<Partition, PartitionFiles>> manifests = new HashMap<>();
    Map<Partition, PartitionFiles> partitions = new HashMap<>();
    if (snapshot != null) {
      for (ManifestFile manifest : snapshot.dataManifests(table.io())) {
        Map<Partition, PartitionFiles> known = byManifest.get(manifest.path());
        Map<Partition, PartitionFiles> files = known == null ? read(manifest, metadata) : known;
        manifests.put(manifest.path(), files);
        files.forEach((key, sums) -> partitions.merge(key, sums, PartitionFiles::plus));
      }
    }

    byManifest = manifests;
    byTenant = new TreeMap<>();
    partitions.forEach(
        (key, sums) ->
            byTenant.computeIfAbsent(key.tenant(), any -> new HashMap<>()).put(key.period(), sums));
    return summarize(metadata, snapshot, manifests.size());
  }

  /** As last refreshed: by tenant and by hour or day since the epoch. */
  SortedMap<String, Map<Integer, PartitionFiles>> byTenant() {
    return byTenant;
  }

  LaneWatermarks watermarks() {
    return LaneWatermarks.of(table);
  }

  private Map<Partition, PartitionFiles> read(ManifestFile manifest, TableMetadata metadata) {
    long limit =
        (long)
            (LARGE_ENOUGH
                * PropertyUtil.propertyAsLong(
                    metadata.properties(),
                    TableProperties.WRITE_TARGET_FILE_SIZE_BYTES,
                    TableProperties.WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT));
    Map<Partition, PartitionFiles> partitions = new HashMap<>();
    FileIO io = table.io();
    try (ManifestReader<DataFile> files = ManifestFiles.read(manifest, io, metadata.specsById())) {
      for (DataFile file : files) {
        partitions.merge(
            partition(file.partition()),
            PartitionFiles.NONE.plus(file, limit),
            PartitionFiles::plus);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read manifest " + manifest.path(), e);
    }

    return partitions;
  }

  /** Every table has the tenant first, then hour or day. */
  private static Partition partition(StructLike values) {
    return new Partition(values.get(0, String.class), values.get(1, Integer.class));
  }

  private TableHealth summarize(
      TableMetadata metadata, @Nullable Snapshot snapshot, int manifestCount) {
    long files = 0;
    long smallFiles = 0;
    long bytes = 0;
    long rows = 0;
    int partitions = 0;
    long mostFiles = 0;
    SortedMap<String, Long> bytesByTenant = new TreeMap<>();
    for (Map.Entry<String, Map<Integer, PartitionFiles>> tenant : byTenant.entrySet()) {
      long tenantBytes = 0;
      for (PartitionFiles partition : tenant.getValue().values()) {
        files += partition.files();
        smallFiles += partition.files() > 1 ? partition.below() : 0;
        tenantBytes += partition.bytes();
        rows += partition.version().rows();
        partitions++;
        mostFiles = Math.max(mostFiles, partition.files());
      }

      bytes += tenantBytes;
      bytesByTenant.put(tenant.getKey(), tenantBytes);
    }

    String name = table.name();
    return new TableHealth(
        name.substring(name.lastIndexOf('.') + 1),
        files,
        smallFiles,
        bytes,
        rows,
        partitions,
        mostFiles,
        manifestCount,
        metadata.snapshots().size(),
        metadataBytes(metadata),
        snapshot == null ? null : Instant.ofEpochMilli(snapshot.timestampMillis()),
        bytesByTenant);
  }

  private long metadataBytes(TableMetadata metadata) {
    String location = metadata.metadataFileLocation();
    return location == null ? 0 : table.io().newInputFile(location).getLength();
  }
}
