/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.table;

import io.flamelake.query.ProfileStoreException;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;

/** Asks the catalog for the newest version of a table. */
public final class CurrentMetadata {
  private CurrentMetadata() {}

  /**
   * Reads the table's metadata as it is now, which is no more than a look into the catalog if
   * nothing was committed since the last time.
   *
   * @param table may be shared by threads that read metadata by this method
   * @throws ProfileStoreException if the catalog or the metadata cannot be read
   */
  public static TableMetadata load(Table table) {
    TableOperations operations = operations(table);
    try {
      synchronized (table) {
        return operations.refresh();
      }
    } catch (RuntimeException e) {
      throw new ProfileStoreException("Cannot read the metadata of table " + table.name(), e);
    }
  }

  /** What the table reads and commits with. */
  public static TableOperations operations(Table table) {
    if (table instanceof HasTableOperations withOperations) {
      return withOperations.operations();
    }

    throw new IllegalStateException("Table " + table.name() + " tells no metadata");
  }
}
