/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.commit;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.flink.RestCatalogServer;
import java.nio.file.Path;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/**
 * Over a REST catalog, which holds a commit to the main branch that it was made on and to nothing
 * else.
 */
class RestFencedCommitTest extends BaseFencedCommitTest {

  private @Nullable RestCatalogServer server;

  @Override
  protected CatalogConfig openCatalog(Path directory) {
    RestCatalogServer started = RestCatalogServer.start(CatalogConfig.embedded(directory), 0);
    server = started;
    return started.clientConfig();
  }

  @AfterEach
  void stopServer() {
    requireNonNull(server, "server").close();
  }

  @Override
  protected void deliverLate(
      TableOperations connection, TableMetadata base, TableMetadata metadata) {
    connection.commit(base, metadata);
  }
}
