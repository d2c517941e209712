/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.delta;

import java.io.Serializable;

/**
 * Tells which checkpoints are surely in the table. That one is complete does not say so: its commit
 * comes after it, by another task. But that task takes part in each checkpoint, and commits are
 * made in their order while it does nothing else, so a few checkpoints later it is done.
 */
public final class CheckpointHistory implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final int CHECKPOINTS_UNTIL_COMMITTED = 3;

  /** The latest complete ones, oldest first; 0 where there is none. */
  private final long[] completed = new long[CHECKPOINTS_UNTIL_COMMITTED];

  private long last;

  /** All that comes from now on belongs to a later checkpoint than this one. */
  public void passed(long checkpoint) {
    last = checkpoint;
  }

  public void completed(long checkpoint) {
    System.arraycopy(completed, 1, completed, 0, completed.length - 1);
    completed[completed.length - 1] = checkpoint;
  }

  /** The last checkpoint that was passed, 0 for none. */
  long last() {
    return last;
  }

  /** Whether what came after this checkpoint, and before the next one, is in the table. */
  boolean isCommitted(long checkpoint) {
    return checkpoint < completed[0];
  }
}
