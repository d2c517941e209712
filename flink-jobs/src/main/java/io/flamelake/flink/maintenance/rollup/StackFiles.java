/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import io.flamelake.catalog.StacksTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.InclusiveMetricsEvaluator;
import org.apache.iceberg.io.CloseableIterable;

/**
 * The files of table {@code stacks} of one tenant and day, oldest first: the order in which a
 * query's engine looks stacks up.
 */
final class StackFiles {

  private final Schema schema;
  private final List<DataFile> files;

  private StackFiles(Schema schema, List<DataFile> files) {
    this.schema = schema;
    this.files = files;
  }

  static StackFiles read(Table stacks, String tenant, int day) throws IOException {
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks =
        stacks
            .newScan()
            .filter(
                Expressions.and(
                    Expressions.equal(StacksTable.TENANT, tenant),
                    Expressions.equal(StacksTable.DAY, day)))
            .includeColumnStats()
            .planFiles()) {
      for (FileScanTask task : tasks) {
        files.add(task.file().copy());
      }
    }

    files.sort(
        Comparator.comparingLong(StackFiles::sequenceNumber).thenComparing(DataFile::location));
    return new StackFiles(stacks.schema(), files);
  }

  /** Returns the files that may have stacks of any of these services. */
  List<DataFile> of(Set<String> serviceNames) {
    InclusiveMetricsEvaluator evaluator =
        new InclusiveMetricsEvaluator(
            schema, Expressions.in(StacksTable.SERVICE_NAME, serviceNames.toArray()));
    return files.stream().filter(evaluator::eval).toList();
  }

  private static long sequenceNumber(DataFile file) {
    Long sequence = file.dataSequenceNumber();
    return sequence == null ? 0 : sequence;
  }
}
