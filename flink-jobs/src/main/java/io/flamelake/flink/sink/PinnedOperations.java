/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.CommitFailedException;

/**
 * Holds a table at one version of its metadata, so that a transaction is committed onto exactly the
 * version whose watermarks were looked at, or not at all. Iceberg's own transaction refreshes
 * before each attempt and would apply itself to watermarks that nobody looked at.
 */
public final class PinnedOperations extends ForwardingTableOperations {

  private TableMetadata pinned;

  public PinnedOperations(TableOperations operations, TableMetadata pinned) {
    super(operations);
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
      super.commit(base, metadata);
    } catch (CommitFailedException e) {
      throw new StaleTableException(e);
    }

    pinned = super.current();
  }

  /**
   * The table has another version by now; nothing was committed. Not a {@link
   * CommitFailedException}, because Iceberg would try those again on the same version.
   */
  public static final class StaleTableException extends RuntimeException
      implements CleanableFailure {

    private static final long serialVersionUID = 1L;

    StaleTableException(CommitFailedException cause) {
      super(cause.getMessage(), cause);
    }
  }
}
