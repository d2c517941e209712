/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import java.util.List;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.util.PropertyUtil;

/**
 * The manifests of a table that are much smaller than they should be.
 *
 * @param targetBytes the size that manifests should have
 */
record SmallManifests(List<ManifestFile> manifests, long targetBytes) {

  /** Twice as many as commits of the ingest job let pile up before they merge them. */
  private static final int TOO_MANY = 40;

  private static final int SMALL_PART_OF_TARGET = 4;

  static SmallManifests of(Table table) {
    long targetBytes =
        PropertyUtil.propertyAsLong(
            table.properties(),
            TableProperties.MANIFEST_TARGET_SIZE_BYTES,
            TableProperties.MANIFEST_TARGET_SIZE_BYTES_DEFAULT);
    Snapshot current = table.currentSnapshot();
    List<ManifestFile> manifests = current == null ? List.of() : current.dataManifests(table.io());
    return new SmallManifests(
        manifests.stream().filter(manifest -> isSmall(manifest, targetBytes)).toList(),
        targetBytes);
  }

  static boolean isSmall(ManifestFile manifest, long targetBytes) {
    return manifest.length() < targetBytes / SMALL_PART_OF_TARGET;
  }

  boolean areTooMany() {
    return manifests.size() >= TOO_MANY;
  }

  /** How many manifests of the right size they make: less than half as many. */
  int parts() {
    long bytes = manifests.stream().mapToLong(ManifestFile::length).sum();
    return (int) (bytes / targetBytes) + 1;
  }

  PartitionSpan span() {
    PartitionSpan span = new PartitionSpan();
    manifests.forEach(span::add);
    return span;
  }
}
