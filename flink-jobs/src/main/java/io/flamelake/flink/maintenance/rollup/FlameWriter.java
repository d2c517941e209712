/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.sink.FlameTableRow;
import io.flamelake.flink.sink.LakeFileWriter;
import io.flamelake.flink.sink.WrittenFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes rows of one tenant and day that come in any order: one sorted file, or several where the
 * rows do not fit into memory at once.
 */
final class FlameWriter {

  private static final Logger LOG = LoggerFactory.getLogger(FlameWriter.class);
  private static final String NAME_PREFIX = "rollup-";

  private final FlamePeriod period;
  private final Table flames;
  private final String tenant;
  private final int day;
  private final long maxBytes;
  private final LakeFileWriter<FlameTableRow> writer;
  private final List<FlameTableRow> buffer = new ArrayList<>();
  private final List<WrittenFile> files = new ArrayList<>();
  private long bufferBytes;
  private long rowCount;

  FlameWriter(FlamePeriod period, MaintenanceContext context, String tenant, int day) {
    this.period = period;
    this.flames = period.table(context.tables());
    this.tenant = tenant;
    this.day = day;
    this.maxBytes = context.config().sortMemoryBytes();
    this.writer = new LakeFileWriter<>(flames, period.layout(), NAME_PREFIX + context.run());
  }

  void add(FlameTableRow row) throws IOException {
    buffer.add(row);
    bufferBytes += period.layout().memoryBytes(row);
    rowCount++;
    if (bufferBytes > maxBytes) {
      writeBuffer();
    }
  }

  /** Returns the files of all rows. */
  List<WrittenFile> finish() throws IOException {
    writeBuffer();
    return List.copyOf(files);
  }

  long rowCount() {
    return rowCount;
  }

  long sizeBytes() {
    return files.stream().mapToLong(WrittenFile::sizeBytes).sum();
  }

  /** Deletes what was written: no commit names it, nor ever will. */
  void discard() {
    buffer.clear();
    for (WrittenFile file : files) {
      try {
        flames.io().deleteFile(file.location());
      } catch (RuntimeException e) {
        LOG.warn("File {} is left for the removal of orphans", file.location(), e);
      }
    }

    files.clear();
  }

  private void writeBuffer() throws IOException {
    if (buffer.isEmpty()) {
      return;
    }

    buffer.sort(period.layout().order());
    files.add(writer.write(tenant, day, buffer));
    buffer.clear();
    bufferBytes = 0;
  }
}
