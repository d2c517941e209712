/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.jspecify.annotations.Nullable;

/** A catalog whose answers to commits get lost, one fault after the other. */
public final class FaultyOperations extends ForwardingTableOperations {

  private final BiConsumer<TableMetadata, TableMetadata> lateDelivery;
  private final Deque<Fault> faults;
  private @Nullable Runnable late;
  private int commits;

  /**
   * @param lateDelivery sends what was held back: the version that it was made on, and its own
   */
  public FaultyOperations(
      TableOperations operations,
      BiConsumer<TableMetadata, TableMetadata> lateDelivery,
      Fault... faults) {
    super(operations);
    this.lateDelivery = lateDelivery;
    this.faults = new ArrayDeque<>(List.of(faults));
  }

  /** Delivers what was held back; the catalog may refuse it. */
  public void deliverLate() {
    Runnable held = late;
    if (held != null) {
      held.run();
    }
  }

  public int commits() {
    return commits;
  }

  @Override
  public void commit(TableMetadata base, TableMetadata metadata) {
    commits++;
    Fault fault = faults.poll();
    if (fault == null) {
      super.commit(base, metadata);
      return;
    }

    switch (fault) {
      case DELIVER -> super.commit(base, metadata);
      case REFUSE -> throw new CommitFailedException("Refused");
      case DROP -> {}
      case HOLD_BACK -> late = () -> lateDelivery.accept(base, metadata);
    }

    throw new CommitStateUnknownException(new IllegalStateException(fault.name()));
  }

  /** What becomes of a request to commit; none but {@link #REFUSE} is ever answered. */
  public enum Fault {
    DELIVER,
    DROP,
    REFUSE,
    HOLD_BACK
  }
}
