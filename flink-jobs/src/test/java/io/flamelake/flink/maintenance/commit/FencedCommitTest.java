/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.commit;

import io.flamelake.catalog.CatalogConfig;
import java.nio.file.Path;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitFailedException;

/** Over the embedded catalog. */
class FencedCommitTest extends BaseFencedCommitTest {

  @Override
  protected CatalogConfig openCatalog(Path directory) {
    return CatalogConfig.embedded(directory);
  }

  @Override
  protected void deliverLate(
      TableOperations connection, TableMetadata base, TableMetadata metadata) {
    // Iceberg's own operations want the very object that they loaded.
    TableMetadata current = connection.refresh();
    if (!String.valueOf(current.metadataFileLocation()).equals(base.metadataFileLocation())) {
      throw new CommitFailedException("The table changed");
    }

    connection.commit(current, metadata);
  }
}
