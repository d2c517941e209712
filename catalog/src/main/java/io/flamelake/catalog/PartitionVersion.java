/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import java.io.Serializable;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.FileContent;

/**
 * Says which content one or more partitions of table {@code profiles} have in one version of its
 * metadata: equal versions mean equal rows.
 *
 * <p>Whatever adds rows raises {@code sequence} above every number given before; whatever takes
 * rows away lowers {@code rows}, or raises {@code sequence} by the files that it writes instead.
 * Compaction, which keeps the rows, commits its files under the highest sequence number of those
 * that they replace, and so changes neither.
 *
 * @param sequence the highest data sequence number of the files, those with row-level deletes among
 *     them; 0 if there is none
 * @param rows in the data files, those deleted by row-level deletes not taken off
 */
public record PartitionVersion(long sequence, long rows) implements Serializable {

  private static final long serialVersionUID = 1L;

  /** The version of partitions without files. */
  public static final PartitionVersion EMPTY = new PartitionVersion(0, 0);

  /** Returns the version of these files and one more. */
  public PartitionVersion plus(ContentFile<?> file) {
    Long fileSequence = file.dataSequenceNumber();
    if (fileSequence == null) {
      throw new IllegalArgumentException(
          "File " + file.location() + " has no sequence number (expected: a committed file)");
    }

    long fileRows = file.content() == FileContent.DATA ? file.recordCount() : 0;
    return plus(new PartitionVersion(fileSequence, fileRows));
  }

  /** Returns the version of these files and others. */
  public PartitionVersion plus(PartitionVersion other) {
    return new PartitionVersion(Math.max(sequence, other.sequence), rows + other.rows);
  }
}
