/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.source;

import org.apache.flink.api.connector.source.SourceSplit;

/**
 * There is none. A task travels as an event in place of a split, because Flink remembers every
 * split until the next checkpoint, and this job makes none.
 */
final class NoSplit implements SourceSplit {

  private NoSplit() {}

  static NoSplit none() {
    throw new IllegalStateException("Tasks are no splits");
  }

  @Override
  public String splitId() {
    return "none";
  }
}
