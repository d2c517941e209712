/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.catalog.FlameTable;
import io.flamelake.catalog.PartitionVersion;
import io.flamelake.query.RollUpPeriod;
import io.flamelake.query.table.PinnedTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.parquet.hadoop.metadata.BlockMetaData;

/**
 * The keys of all rows of one data file with roll-ups, which say where the tree of a service and
 * period stands and what it covers. Immutable, as the file is.
 */
record RollUpFile(List<RollUpFile.Key> keys) {
  private static final int BYTES_PER_KEY = 120;

  RollUpFile {
    keys = List.copyOf(keys);
  }

  /**
   * One row.
   *
   * @param number of the period
   * @param covered what the tree was made of
   * @param rowGroup index in the file
   * @param row index in the row group
   */
  record Key(
      String tenant,
      String profileType,
      String serviceName,
      long number,
      PartitionVersion covered,
      int rowGroup,
      int row) {}

  static RollUpFile read(
      PinnedTable table,
      RollUpPeriod period,
      DataFile dataFile,
      ParquetFiles files,
      PageBuffer buffer)
      throws IOException {
    ParquetFile file = files.open(table.io(), dataFile);
    List<Key> keys = new ArrayList<>();
    List<BlockMetaData> rowGroups = file.rowGroups();
    for (int i = 0; i < rowGroups.size(); i++) {
      read(new RowGroupReader(table, files, file, rowGroups.get(i), buffer), period, i, keys);
    }

    return new RollUpFile(keys);
  }

  private static void read(RowGroupReader reader, RollUpPeriod period, int rowGroup, List<Key> keys)
      throws IOException {
    reader.load(
        FlameTable.TENANT,
        FlameTable.PROFILE_TYPE,
        FlameTable.SERVICE_NAME,
        FlameTable.TS,
        FlameTable.COVERED_SEQUENCE,
        FlameTable.COVERED_ROWS);
    RowSelection rows = new RowSelection(reader.rowCount());
    StringColumn tenants = reader.readStrings(FlameTable.TENANT, rows);
    StringColumn types = reader.readStrings(FlameTable.PROFILE_TYPE, rows);
    StringColumn services = reader.readStrings(FlameTable.SERVICE_NAME, rows);
    long[] times = reader.readLongs(FlameTable.TS, rows);
    long[] sequences = reader.readLongs(FlameTable.COVERED_SEQUENCE, rows);
    long[] coveredRows = reader.readLongs(FlameTable.COVERED_ROWS, rows);
    for (int row = 0; row < rows.size(); row++) {
      long number = period.number(times[row]);
      if (period.startMicros(number) != times[row]) {
        throw new IOException("Roll-up at " + times[row] + " us (expected: start of a " + period);
      }

      keys.add(
          new Key(
              tenants.value(row),
              types.value(row),
              services.value(row),
              number,
              new PartitionVersion(sequences[row], coveredRows[row]),
              rowGroup,
              row));
    }
  }

  long weight() {
    return (long) BYTES_PER_KEY * (keys.size() + 1);
  }
}
