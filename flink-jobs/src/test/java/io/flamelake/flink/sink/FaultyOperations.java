/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.jspecify.annotations.Nullable;

/** A catalog whose answers to commits get lost, one fault after the other. */
final class FaultyOperations implements TableOperations {

  private final TableOperations operations;
  private final TableOperations secondConnection;
  private final Deque<Fault> faults;
  private @Nullable Runnable late;
  private int commits;

  FaultyOperations(TableOperations operations, TableOperations secondConnection, Fault... faults) {
    this.operations = operations;
    this.secondConnection = secondConnection;
    this.faults = new ArrayDeque<>(List.of(faults));
  }

  /** Delivers what was held back; the catalog may refuse it. */
  void deliverLate() {
    Runnable held = late;
    if (held != null) {
      held.run();
    }
  }

  int commits() {
    return commits;
  }

  @Override
  public void commit(TableMetadata base, TableMetadata metadata) {
    commits++;
    Fault fault = faults.poll();
    if (fault == null) {
      operations.commit(base, metadata);
      return;
    }

    switch (fault) {
      case DELIVER -> operations.commit(base, metadata);
      case REFUSE -> throw new CommitFailedException("Refused");
      case DROP -> {}
      case HOLD_BACK -> late = () -> deliverFrom(base, metadata);
    }

    throw new CommitStateUnknownException(new IllegalStateException(fault.name()));
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
  public long newSnapshotId() {
    return operations.newSnapshotId();
  }

  private void deliverFrom(TableMetadata base, TableMetadata metadata) {
    TableMetadata current = secondConnection.refresh();
    if (!String.valueOf(current.metadataFileLocation()).equals(base.metadataFileLocation())) {
      throw new CommitFailedException("The table changed");
    }

    secondConnection.commit(current, metadata);
  }

  /** What becomes of a request to commit; none but {@link #REFUSE} is ever answered. */
  enum Fault {
    DELIVER,
    DROP,
    REFUSE,
    HOLD_BACK
  }
}
