/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import io.flamelake.flink.maintenance.MaintenanceContext;
import java.util.SortedMap;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/**
 * What manifests still say of files that were taken out of them. A manifest that keeps other files
 * names those beside them, with the bounds of their columns, until it is written anew.
 */
final class RemovedEntries {
  private RemovedEntries() {}

  /**
   * Writes manifests anew in the tables that have such entries from before the rows were removed.
   *
   * @param clean as {@link LeftBytes#sequences} had them when the rows were removed everywhere
   * @return whether there were any
   */
  static boolean rewrite(MaintenanceContext context, SortedMap<String, Long> clean)
      throws InterruptedException {
    boolean found = false;
    for (Table table : LeftBytes.all(context.tables())) {
      table.refresh();
      if (hasOldEntries(table, clean.getOrDefault(table.name(), 0L))) {
        found = true;
        // All of them, so that none is old the next time.
        context
            .commit()
            .commit(
                table,
                transaction ->
                    transaction
                        .rewriteManifests()
                        .clusterBy(file -> table.name())
                        .rewriteIf(RemovedEntries::namesRemovedFiles)
                        .commit());
      }
    }

    return found;
  }

  private static boolean hasOldEntries(Table table, long cleanSequence) {
    Snapshot current = table.currentSnapshot();
    return current != null
        && current.dataManifests(table.io()).stream()
            .anyMatch(
                manifest ->
                    manifest.sequenceNumber() <= cleanSequence && namesRemovedFiles(manifest));
  }

  /** One without other files is left out by the next commit. */
  private static boolean namesRemovedFiles(ManifestFile manifest) {
    return manifest.hasDeletedFiles() && (manifest.hasAddedFiles() || manifest.hasExistingFiles());
  }
}
