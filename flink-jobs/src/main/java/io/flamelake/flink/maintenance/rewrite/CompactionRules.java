/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import static java.util.Comparator.comparingLong;

import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.util.PropertyUtil;

/**
 * Says which files of a partition to merge.
 *
 * <p>Small files are packed in tiers: the smallest ones together with each next one that is not
 * much larger than all before it, so that a row is rewritten a logarithmic number of times; and
 * with more of them where too many would be left.
 *
 * @param smallFiles how many small files start a merge, and may be there after it
 * @param targetBytes of a file; one of half the size is not small
 */
record CompactionRules(int smallFiles, long targetBytes) {

  /** Measured over an hour and a day of commits: less takes more merges, more larger ones. */
  private static final double MAX_GROWTH = 1.5;

  static CompactionRules of(Table table, int smallFiles) {
    long targetBytes =
        PropertyUtil.propertyAsLong(
            table.properties(),
            TableProperties.WRITE_TARGET_FILE_SIZE_BYTES,
            TableProperties.WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT);
    return new CompactionRules(smallFiles, targetBytes);
  }

  /** Returns the files to merge, none if nothing is due. */
  List<DataFile> select(CompactionMode mode, List<DataFile> files) {
    return switch (mode) {
      case SORT -> files.stream().allMatch(CompactionMode.SORT::isResult) ? List.of() : files;
      case PACK -> selectSmall(files);
    };
  }

  private List<DataFile> selectSmall(List<DataFile> files) {
    List<DataFile> small = new ArrayList<>();
    for (DataFile file : files) {
      if (file.fileSizeInBytes() < targetBytes / 2) {
        small.add(file);
      }
    }

    if (small.size() < smallFiles) {
      return List.of();
    }

    small.sort(comparingLong(DataFile::fileSizeInBytes));
    long bytes = 0;
    int count = 0;
    while (count < small.size() && isTaken(small, count, bytes)) {
      bytes += small.get(count).fileSizeInBytes();
      count++;
    }

    return List.copyOf(small.subList(0, count));
  }

  private boolean isTaken(List<DataFile> small, int count, long bytes) {
    boolean isTooManyLeft = small.size() - count + 1 > smallFiles;
    return count < 2 || isTooManyLeft || small.get(count).fileSizeInBytes() <= MAX_GROWTH * bytes;
  }
}
