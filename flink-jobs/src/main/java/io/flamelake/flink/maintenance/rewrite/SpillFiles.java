/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import io.flamelake.catalog.LocalFileIO;
import io.flamelake.flink.sink.LakeFileWriter;
import io.flamelake.flink.sink.LakeFileWriter.OpenFile;
import io.flamelake.flink.sink.RowLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.io.InputFile;

/** Local files of sorted rows, in the form of data files but with small row groups. */
final class SpillFiles<R> {

  /** So that many of them can be read at once. */
  private static final String ROW_GROUP_BYTES = "1048576";

  private final LocalFileIO io = new LocalFileIO();
  private final Path directory;
  private final LakeFileWriter<R> writer;

  SpillFiles(Table table, RowLayout<R> layout, Path directory) {
    this.directory = directory;
    io.initialize(Map.of(LocalFileIO.DURABILITY, "page-cache"));
    this.writer =
        new LakeFileWriter<>(
            table,
            layout,
            "spill",
            Map.of(
                TableProperties.PARQUET_COMPRESSION_LEVEL,
                "1",
                TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES,
                ROW_GROUP_BYTES,
                TableProperties.PARQUET_DICT_SIZE_BYTES,
                ROW_GROUP_BYTES));
  }

  /** Writes all rows of a source, which is closed then. */
  InputFile write(Partition partition, RowSource<R> rows) throws IOException {
    String location = directory.resolve("spill-" + UUID.randomUUID()).toString();
    try (rows;
        OpenFile<R> file =
            writer.open(partition.tenant(), partition.period(), io.newOutputFile(location))) {
      for (R row = rows.next(); row != null; row = rows.next()) {
        Interruption.check();
        file.write(row);
      }

      file.finish();
    }

    return io.newInputFile(location);
  }

  void delete(InputFile file) throws IOException {
    Files.deleteIfExists(Path.of(file.location()));
  }
}
