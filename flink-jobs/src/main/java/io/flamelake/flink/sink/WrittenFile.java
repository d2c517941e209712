/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.SortOrder;
import org.jspecify.annotations.Nullable;

/**
 * A closed data file that no snapshot names yet.
 *
 * @param period the hour or day since the epoch, which with the tenant is the partition
 * @param sortOrderId the sort order of the table that the rows follow, 0 for none
 * @param metrics of the columns that the table's properties ask for
 */
public record WrittenFile(
    LakeTable table,
    String location,
    long sizeBytes,
    String tenant,
    int period,
    int sortOrderId,
    ColumnMetrics metrics,
    List<Long> splitOffsets) {

  public WrittenFile {
    requireNonNull(table, "table");
    requireNonNull(location, "location");
    requireNonNull(tenant, "tenant");
    requireNonNull(metrics, "metrics");
    splitOffsets = List.copyOf(splitOffsets);
  }

  static PartitionData partition(PartitionSpec spec, String tenant, int period) {
    PartitionData partition = new PartitionData(spec.partitionType());
    partition.set(0, tenant);
    partition.set(1, period);
    return partition;
  }

  /** Returns the file as a commit names it. */
  public DataFile toDataFile(PartitionSpec spec, SortOrder sortOrder) {
    return DataFiles.builder(spec)
        .withPath(location)
        .withFormat(FileFormat.PARQUET)
        .withFileSizeInBytes(sizeBytes)
        .withPartition(partition(spec, tenant, period))
        .withMetrics(metrics.toIceberg())
        .withSplitOffsets(splitOffsets)
        .withSortOrder(sortOrderId == sortOrder.orderId() ? sortOrder : null)
        .build();
  }

  /** Iceberg's metrics of a file by field id; bounds are in Iceberg's single-value encoding. */
  public record ColumnMetrics(
      long rowCount,
      Map<Integer, Long> columnSizes,
      Map<Integer, Long> valueCounts,
      Map<Integer, Long> nullValueCounts,
      Map<Integer, byte[]> lowerBounds,
      Map<Integer, byte[]> upperBounds) {

    static ColumnMetrics of(Metrics metrics) {
      return new ColumnMetrics(
          metrics.recordCount(),
          sorted(metrics.columnSizes()),
          sorted(metrics.valueCounts()),
          sorted(metrics.nullValueCounts()),
          toBytes(metrics.lowerBounds()),
          toBytes(metrics.upperBounds()));
    }

    private Metrics toIceberg() {
      // No column is a float or a double, so there is no count of NaN.
      return new Metrics(
          rowCount,
          columnSizes,
          valueCounts,
          nullValueCounts,
          Map.of(),
          toBuffers(lowerBounds),
          toBuffers(upperBounds));
    }

    private static <V> Map<Integer, V> sorted(@Nullable Map<Integer, V> map) {
      return map == null ? new TreeMap<>() : new TreeMap<>(map);
    }

    private static Map<Integer, byte[]> toBytes(@Nullable Map<Integer, ByteBuffer> bounds) {
      Map<Integer, byte[]> bytes = new TreeMap<>();
      sorted(bounds)
          .forEach(
              (id, bound) -> {
                byte[] copy = new byte[bound.remaining()];
                bound.duplicate().get(copy);
                bytes.put(id, copy);
              });
      return bytes;
    }

    private static Map<Integer, ByteBuffer> toBuffers(Map<Integer, byte[]> bounds) {
      Map<Integer, ByteBuffer> buffers = new TreeMap<>();
      bounds.forEach((id, bound) -> buffers.put(id, ByteBuffer.wrap(bound)));
      return buffers;
    }
  }
}
