/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.source;

import io.flamelake.catalog.LaneWatermarks;
import java.io.Serializable;

/** Where the table says that each lane was committed to: the truth about every position. */
@FunctionalInterface
public interface CommittedPositions extends Serializable {

  /** Reads the newest metadata of the table. */
  LaneWatermarks load();
}
