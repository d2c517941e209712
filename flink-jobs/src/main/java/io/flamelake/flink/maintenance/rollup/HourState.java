/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import io.flamelake.catalog.PartitionVersion;

/**
 * What the metadata says of a tenant's profiles of one hour.
 *
 * @param rowLevelDeletes whether another engine deleted rows without writing their files anew
 */
record HourState(PartitionVersion version, boolean rowLevelDeletes) {

  static final HourState EMPTY = new HourState(PartitionVersion.EMPTY, false);

  HourState plus(HourState other) {
    return new HourState(version.plus(other.version), rowLevelDeletes || other.rowLevelDeletes);
  }
}
