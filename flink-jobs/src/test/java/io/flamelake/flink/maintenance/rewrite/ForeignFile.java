/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import io.flamelake.flink.sink.RandomRows;
import java.io.IOException;
import java.time.LocalDate;
import java.util.Map;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.Parquet;

/** Files as another engine writes them, with Iceberg's generic writer. */
final class ForeignFile {

  private ForeignFile() {}

  /** Appends a row to table series that has a value in column {@code owner}. */
  static String appendSeriesWithOwner(Table table) throws IOException {
    Record row = GenericRecord.create(table.schema());
    row.setField("tenant", RandomRows.TENANT);
    row.setField("day", LocalDate.ofEpochDay(RandomRows.DAY));
    row.setField("series_id", 1L);
    row.setField("profile_type", "cpu");
    row.setField("service_name", "s");
    row.setField("labels", Map.of("service_name", "s"));
    row.setField("owner", "somebody");
    String location = table.location() + "/data/foreign.parquet";
    OutputFile file = table.io().newOutputFile(location);
    FileAppender<Record> appender =
        Parquet.write(file)
            .schema(table.schema())
            .createWriterFunc(GenericParquetWriter::create)
            .build();
    try (appender) {
      appender.add(row);
    }

    PartitionData partition = new PartitionData(table.spec().partitionType());
    partition.set(0, RandomRows.TENANT);
    partition.set(1, RandomRows.DAY);
    table
        .newAppend()
        .appendFile(
            DataFiles.builder(table.spec())
                .withPath(location)
                .withFormat(FileFormat.PARQUET)
                .withFileSizeInBytes(appender.length())
                .withPartition(partition)
                .withMetrics(appender.metrics())
                .build())
        .commit();
    return location;
  }
}
