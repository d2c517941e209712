/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static java.util.Objects.requireNonNull;

import java.util.UUID;

/**
 * The file set of a checkpoint that is not known to be committed.
 *
 * @param id stands in the summary of the snapshots that commit it, to know them again
 */
record PendingFileSet(long checkpointId, UUID id, FileSet files) {

  PendingFileSet {
    requireNonNull(id, "id");
    requireNonNull(files, "files");
  }
}
