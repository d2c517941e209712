/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.flink.RestCatalogServer;
import java.nio.file.Path;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Over a REST catalog, which holds a commit to what the request requires and not to a version of
 * the metadata.
 */
class RestLakeCommitTest extends BaseLakeCommitTest {

  private @Nullable RestCatalogServer server;

  @Override
  protected CatalogConfig openCatalog(Path directory) {
    RestCatalogServer started = RestCatalogServer.start(CatalogConfig.embedded(directory), 0);
    server = started;
    return started.clientConfig();
  }

  @AfterEach
  void stopServer() {
    server().close();
  }

  @Override
  protected void deliverLate(
      TableOperations connection, TableMetadata base, TableMetadata metadata) {
    connection.commit(base, metadata);
  }

  @Test
  void commitsOnceWhenTheConnectionBreaksBeforeTheAnswer() throws Exception {
    server().loseAnswers(1);
    commit().commit(lake.fileSet(-1, 4));
    commit().commit(lake.emptySet(4, 5));
    assertThat(server().answersToLose()).isZero();
    assertThat(lake.profiles()).containsExactly(4L);
    assertThat(lake.watermark(LakeTable.PROFILES)).isEqualTo(5);
  }

  @Test
  void findsASetWithoutRowsWhoseAnswerGotLost() throws Exception {
    server().loseAnswers(1);
    commit().commit(lake.emptySet(-1, 4));
    commit().commit(lake.fileSet(4, 7));
    assertThat(lake.profiles()).containsExactly(7L);
    assertThat(lake.watermark(LakeTable.PROFILES)).isEqualTo(7);
  }

  private RestCatalogServer server() {
    return requireNonNull(server, "server");
  }
}
