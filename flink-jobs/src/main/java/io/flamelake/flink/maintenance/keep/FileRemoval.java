/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import java.util.Collection;
import org.apache.iceberg.io.BulkDeletionFailureException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.SupportsBulkOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes files of which it is known that nobody needs them; those that resist are left. */
final class FileRemoval {

  private static final Logger LOG = LoggerFactory.getLogger(FileRemoval.class);

  private FileRemoval() {}

  /** Returns how many are gone. */
  static long delete(FileIO io, Collection<String> locations) {
    if (locations.isEmpty()) {
      return 0;
    }

    LOG.debug("Deleting {}", locations);
    if (io instanceof SupportsBulkOperations bulk) {
      try {
        bulk.deleteFiles(locations);
        return locations.size();
      } catch (BulkDeletionFailureException e) {
        LOG.warn("{} of {} files cannot be deleted now", e.numberFailedObjects(), locations.size());
        return (long) locations.size() - e.numberFailedObjects();
      }
    }

    long deleted = 0;
    for (String location : locations) {
      try {
        io.deleteFile(location);
        deleted++;
      } catch (RuntimeException e) {
        LOG.warn("File {} cannot be deleted now", location, e);
      }
    }

    return deleted;
  }
}
