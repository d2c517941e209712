/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;

/** Files of table {@code profiles}, written by plain Iceberg or only named. */
final class TestProfileFiles {
  static final Instant TIME = Instant.parse("2026-01-01T10:00:00Z");
  private static final String TYPE = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

  private TestProfileFiles() {}

  /** Writes one row whose profile id and series id are a number. */
  static DataFile write(Table profiles, String tenant, long number) throws IOException {
    Record row = GenericRecord.create(profiles.schema());
    row.setField(ProfilesTable.TENANT, tenant);
    row.setField(ProfilesTable.PROFILE_TYPE, TYPE);
    row.setField(ProfilesTable.SERVICE_NAME, "service");
    row.setField(ProfilesTable.TS, OffsetDateTime.ofInstant(TIME, ZoneOffset.UTC));
    row.setField(ProfilesTable.DURATION_NS, 1L);
    row.setField(ProfilesTable.PERIOD, 1L);
    row.setField(ProfilesTable.SERIES_ID, number);
    row.setField(ProfilesTable.LABELS, Map.of("service_name", "service"));
    row.setField(ProfilesTable.TOTAL_VALUE, 3L);
    row.setField(ProfilesTable.STACK_IDS, List.of(1L, 2L));
    row.setField(ProfilesTable.VALUES, List.of(1L, 2L));
    row.setField(ProfilesTable.PROFILE_ID, new UUID(0, number));

    PartitionKey partition = new PartitionKey(profiles.spec(), profiles.schema());
    partition.partition(new InternalRecordWrapper(profiles.schema().asStruct()).wrap(row));
    String location =
        profiles
            .locationProvider()
            .newDataLocation(profiles.spec(), partition, "rows-" + number + ".parquet");
    DataWriter<Record> writer =
        Parquet.writeData(profiles.io().newOutputFile(location))
            .forTable(profiles)
            .withPartition(partition)
            .createWriterFunc(type -> GenericParquetWriter.create(profiles.schema(), type))
            .build();
    try (writer) {
      writer.write(row);
    }

    return writer.toDataFile();
  }

  /** Names a file that does not exist: enough for commits. */
  static DataFile name(Table profiles, long number) {
    return name(profiles, number, 1);
  }

  static DataFile name(Table profiles, long number, long rows) {
    PartitionData partition = new PartitionData(profiles.spec().partitionType());
    partition.set(0, "anonymous");
    partition.set(1, (int) (TIME.getEpochSecond() / 3600));
    return DataFiles.builder(profiles.spec())
        .withPath(profiles.location() + "/data/fake-" + number + ".parquet")
        .withPartition(partition)
        .withFileSizeInBytes(100)
        .withRecordCount(rows)
        .build();
  }

  static String type() {
    return TYPE;
  }
}
