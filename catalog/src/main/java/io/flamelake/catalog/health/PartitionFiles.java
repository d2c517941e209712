/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.health;

import io.flamelake.catalog.PartitionVersion;
import org.apache.iceberg.DataFile;

/**
 * Data files of one partition, added up.
 *
 * @param below files smaller than the limit that they were counted with
 */
record PartitionFiles(long files, long below, long bytes, PartitionVersion version) {
  static final PartitionFiles NONE = new PartitionFiles(0, 0, 0, PartitionVersion.EMPTY);

  PartitionFiles plus(DataFile file, long limit) {
    long size = file.fileSizeInBytes();
    return new PartitionFiles(
        files + 1, below + (size < limit ? 1 : 0), bytes + size, version.plus(file));
  }

  PartitionFiles plus(PartitionFiles other) {
    return new PartitionFiles(
        files + other.files, below + other.below, bytes + other.bytes, version.plus(other.version));
  }
}
