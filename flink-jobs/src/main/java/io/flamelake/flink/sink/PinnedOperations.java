/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;

/**
 * Holds a table at one version of its metadata, so that a transaction is committed onto exactly the
 * version whose watermarks were looked at, or not at all. Iceberg's own transaction refreshes
 * before each attempt and would apply itself to watermarks that nobody looked at.
 */
final class PinnedOperations implements TableOperations {

  private final TableOperations operations;
  private TableMetadata pinned;

  PinnedOperations(TableOperations operations, TableMetadata pinned) {
    this.operations = operations;
    this.pinned = pinned;
  }

  @Override
  public TableMetadata current() {
    return pinned;
  }

  @Override
  public TableMetadata refresh() {
    return pinned;
  }

  @Override
  public void commit(TableMetadata base, TableMetadata metadata) {
    try {
      operations.commit(base, metadata);
    } catch (CommitFailedException e) {
      throw new StaleTableException(e);
    }

    pinned = operations.current();
  }

  @Override
  public FileIO io() {
    return operations.io();
  }

  @Override
  public EncryptionManager encryption() {
    return operations.encryption();
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
  public TableOperations temp(TableMetadata uncommitted) {
    return operations.temp(uncommitted);
  }

  @Override
  public long newSnapshotId() {
    return operations.newSnapshotId();
  }

  @Override
  public boolean requireStrictCleanup() {
    return operations.requireStrictCleanup();
  }

  /**
   * The table has another version by now; nothing was committed. Not a {@link
   * CommitFailedException}, because Iceberg would try those again on the same version.
   */
  static final class StaleTableException extends RuntimeException implements CleanableFailure {

    private static final long serialVersionUID = 1L;

    StaleTableException(CommitFailedException cause) {
      super(cause.getMessage(), cause);
    }
  }
}
