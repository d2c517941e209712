/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;

/** Lets a rival commit between the look at the metadata and the first commit. */
final class RacingOperations implements TableOperations {

  private final TableOperations operations;
  private final Runnable rival;
  private boolean raced;

  RacingOperations(TableOperations operations, Runnable rival) {
    this.operations = operations;
    this.rival = rival;
  }

  @Override
  public void commit(TableMetadata base, TableMetadata metadata) {
    if (!raced) {
      raced = true;
      rival.run();
    }

    operations.commit(base, metadata);
  }

  @Override
  public TableMetadata refresh() {
    return operations.refresh();
  }

  @Override
  public TableMetadata current() {
    return operations.current();
  }

  @Override
  public FileIO io() {
    return operations.io();
  }

  @Override
  public String metadataFileLocation(String fileName) {
    return operations.metadataFileLocation(fileName);
  }

  @Override
  public LocationProvider locationProvider() {
    return operations.locationProvider();
  }

  @Override
  public long newSnapshotId() {
    return operations.newSnapshotId();
  }
}
