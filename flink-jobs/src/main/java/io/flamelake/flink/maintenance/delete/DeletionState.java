/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

/** How far a deletion has come. */
public enum DeletionState {
  /** Waits for what was pushed before it, or is removing rows. */
  ACCEPTED("accepted"),
  /** No query finds the rows any more; their bytes are still there. */
  ROWS_GONE("rows-gone"),
  /** Nothing of them is left in tables and segment log. */
  DONE("done");

  private final String wireName;

  DeletionState(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }

  static DeletionState ofWireName(String name) {
    for (DeletionState state : values()) {
      if (state.wireName.equals(name)) {
        return state;
      }
    }

    throw new IllegalArgumentException(
        "Deletion state: " + name + " (expected: accepted, rows-gone or done)");
  }
}
