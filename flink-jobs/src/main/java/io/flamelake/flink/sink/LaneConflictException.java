/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import io.flamelake.catalog.LaneRanges;
import io.flamelake.catalog.LaneWatermarks;

/**
 * A file set does not begin where the table ends: another job wrote to the table, or a commit of an
 * earlier attempt arrived late. The job has to start again from the table's watermarks.
 */
public final class LaneConflictException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  LaneConflictException(LakeTable table, LaneRanges ranges, LaneWatermarks watermarks) {
    super(
        "Table "
            + table.tableName()
            + " is at "
            + watermarks
            + ", which is not where the file set begins: "
            + ranges.asMap());
  }
}
