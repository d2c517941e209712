/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;

/** Lets a rival commit between the look at the metadata and the first commit. */
public final class RacingOperations extends ForwardingTableOperations {

  private final Runnable rival;
  private boolean raced;

  public RacingOperations(TableOperations operations, Runnable rival) {
    super(operations);
    this.rival = rival;
  }

  @Override
  public void commit(TableMetadata base, TableMetadata metadata) {
    if (!raced) {
      raced = true;
      rival.run();
    }

    super.commit(base, metadata);
  }
}
