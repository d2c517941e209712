/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import io.flamelake.catalog.MaintenanceClaim;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.sink.LakeTable;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsPrefixOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds files in a table's directories that no version of the table refers to. */
final class Orphans {

  private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);

  private Orphans() {}

  /**
   * Returns the files that can go.
   *
   * @throws IllegalStateException if the listing does not show the table's own files: names of
   *     listed files then are not what the table calls them, and nothing can be said
   */
  static List<FileInfo> find(LakeTable table, MaintenanceContext context) {
    Table iceberg = table.in(context.tables());
    if (!(iceberg.io() instanceof SupportsPrefixOperations io)
        || iceberg.properties().containsKey(TableProperties.WRITE_DATA_LOCATION)
        || iceberg.properties().containsKey(TableProperties.WRITE_METADATA_LOCATION)) {
      // Other tables may have their files in a directory that is not below the table's own.
      LOG.info("Orphans of table {} are not looked for: it has its files elsewhere", iceberg);
      return List.of();
    }

    // Listed before the metadata is read: what is committed in between is referred to, then.
    List<FileInfo> listed = new ArrayList<>();
    io.listPrefix(iceberg.location() + "/data/").forEach(listed::add);
    io.listPrefix(iceberg.location() + "/metadata/").forEach(listed::add);
    context.tables().profiles().refresh();
    iceberg.refresh();
    TableMetadata metadata = ((HasTableOperations) iceberg).operations().current();
    ReachableFiles reachable = ReachableFiles.of(metadata, iceberg.io());
    if (listed.stream().noneMatch(file -> reachable.isMetadataFile(file.location()))) {
      throw new IllegalStateException(
          "None of the "
              + listed.size()
              + " files below "
              + iceberg.location()
              + " is a metadata file that table "
              + iceberg.name()
              + " knows");
    }

    OrphanRules rules =
        new OrphanRules(
            MaintenanceClaim.find(iceberg),
            context.run(),
            context.tables().profiles(),
            context.clock().instant(),
            context.config().orphanGrace());
    return listed.stream()
        .filter(file -> !reachable.contains(file.location()))
        .filter(rules::canGo)
        .toList();
  }
}
