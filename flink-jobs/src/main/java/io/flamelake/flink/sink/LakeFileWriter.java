/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static org.apache.iceberg.TableProperties.PARQUET_COMPRESSION;
import static org.apache.iceberg.TableProperties.PARQUET_COMPRESSION_DEFAULT;
import static org.apache.iceberg.TableProperties.PARQUET_COMPRESSION_LEVEL;
import static org.apache.iceberg.TableProperties.PARQUET_DICT_SIZE_BYTES;
import static org.apache.iceberg.TableProperties.PARQUET_DICT_SIZE_BYTES_DEFAULT;
import static org.apache.iceberg.TableProperties.PARQUET_PAGE_ROW_LIMIT;
import static org.apache.iceberg.TableProperties.PARQUET_PAGE_ROW_LIMIT_DEFAULT;
import static org.apache.iceberg.TableProperties.PARQUET_PAGE_SIZE_BYTES;
import static org.apache.iceberg.TableProperties.PARQUET_PAGE_SIZE_BYTES_DEFAULT;
import static org.apache.iceberg.TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES;
import static org.apache.iceberg.TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES_DEFAULT;

import io.flamelake.flink.sink.WrittenFile.ColumnMetrics;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.iceberg.util.PropertyUtil;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Writes sorted rows of one partition as one Parquet file, with the layout that the table's
 * properties ask for: pages of the second version, field ids of the table's schema.
 */
public final class LakeFileWriter<R> {

  private static final String ZSTD_LEVEL = "parquet.compression.codec.zstd.level";
  private static final String ZSTD_BUFFER_POOL =
      "parquet.compression.codec.zstd.bufferPool.enabled";

  /** In a file's footer: the {@link RowLayout#orderName() order} in which its rows lie. */
  static final String ORDER_KEY = "flamelake.order";

  private final Table table;
  private final RowLayout<R> layout;
  private final MessageType schema;
  private final MetricsConfig metricsConfig;
  private final ParquetConfiguration configuration = new PlainParquetConfiguration();
  private final String namePrefix;
  private final ParquetProperties parquetProperties;
  private final CompressionCodecName codec;
  private final long rowGroupBytes;

  /**
   * @param subtask begins the name of each file
   */
  public LakeFileWriter(Table table, RowLayout<R> layout, int subtask) {
    this(table, layout, String.format(Locale.ROOT, "%05d", subtask));
  }

  /**
   * @param namePrefix begins the name of each file
   */
  public LakeFileWriter(Table table, RowLayout<R> layout, String namePrefix) {
    this(table, layout, namePrefix, Map.of());
  }

  /**
   * @param overrides properties that count in place of the table's
   */
  public LakeFileWriter(
      Table table, RowLayout<R> layout, String namePrefix, Map<String, String> overrides) {
    this.table = table;
    this.layout = layout;
    this.schema = ParquetSchemaUtil.convert(table.schema(), layout.table().tableName());
    this.metricsConfig = MetricsConfig.forTable(table);
    this.namePrefix = namePrefix;
    SortedMap<String, String> properties = new TreeMap<>(table.properties());
    properties.putAll(overrides);
    configuration.set(ZSTD_BUFFER_POOL, "true");
    String level = properties.get(PARQUET_COMPRESSION_LEVEL);
    if (level != null) {
      configuration.set(ZSTD_LEVEL, level);
    }

    this.parquetProperties = toParquet(properties);
    this.codec =
        CompressionCodecName.valueOf(
            properties
                .getOrDefault(PARQUET_COMPRESSION, PARQUET_COMPRESSION_DEFAULT)
                .toUpperCase(Locale.ROOT));
    this.rowGroupBytes =
        PropertyUtil.propertyAsLong(
            properties, PARQUET_ROW_GROUP_SIZE_BYTES, PARQUET_ROW_GROUP_SIZE_BYTES_DEFAULT);
  }

  private static ParquetProperties toParquet(SortedMap<String, String> properties) {
    int pageRows =
        PropertyUtil.propertyAsInt(
            properties, PARQUET_PAGE_ROW_LIMIT, PARQUET_PAGE_ROW_LIMIT_DEFAULT);
    return ParquetProperties.builder()
        .withWriterVersion(WriterVersion.PARQUET_2_0)
        .withPageSize(
            PropertyUtil.propertyAsInt(
                properties, PARQUET_PAGE_SIZE_BYTES, PARQUET_PAGE_SIZE_BYTES_DEFAULT))
        .withPageRowCountLimit(pageRows)
        // Row groups are measured no more often: a hundred roll-ups would be several times too
        // large.
        .withMinRowCountForPageSizeCheck(
            Math.min(pageRows, ParquetProperties.DEFAULT_MINIMUM_RECORD_COUNT_FOR_CHECK))
        .withDictionaryPageSize(
            PropertyUtil.propertyAsInt(
                properties, PARQUET_DICT_SIZE_BYTES, PARQUET_DICT_SIZE_BYTES_DEFAULT))
        .build();
  }

  /** Writes the rows of one tenant and period as one file. */
  public WrittenFile write(String tenant, int period, List<R> sortedRows) throws IOException {
    try (OpenFile<R> file = open(tenant, period)) {
      for (R row : sortedRows) {
        file.write(row);
      }

      return file.finish();
    }
  }

  /** Begins a file for rows of one tenant and period, where the table wants its files. */
  public OpenFile<R> open(String tenant, int period) throws IOException {
    PartitionData partition = WrittenFile.partition(table.spec(), tenant, period);
    String name = namePrefix + "-" + UUID.randomUUID() + ".parquet";
    String location = table.locationProvider().newDataLocation(table.spec(), partition, name);
    return open(tenant, period, table.io().newOutputFile(location));
  }

  /** Begins a file at a place that the caller chose, to be read back by the caller. */
  public OpenFile<R> open(String tenant, int period, OutputFile file) throws IOException {
    return new StreamedFile(tenant, period, file);
  }

  /**
   * A file that rows are written to one by one. A file that is closed without being finished is not
   * one: it may be left behind, incomplete, and nothing may name it.
   */
  public interface OpenFile<R> extends Closeable {

    void write(R row) throws IOException;

    /** Returns how long the file would be now, with what is still in memory. */
    long sizeBytes() throws IOException;

    /**
     * Writes the footer. It says that the rows are in order, if they are: only then the file has
     * the table's sort order.
     */
    WrittenFile finish() throws IOException;
  }

  private final class StreamedFile implements OpenFile<R> {

    private final String tenant;
    private final int period;
    private final OutputFile file;
    private final ParquetOutputFile out;
    private final RowGroupWriter<R> writer;
    private @Nullable R previous;
    private boolean isInOrder = true;

    private StreamedFile(String tenant, int period, OutputFile file) throws IOException {
      this.tenant = tenant;
      this.period = period;
      this.file = file;
      this.out = new ParquetOutputFile(file);
      this.writer =
          new RowGroupWriter<>(
              out, layout, schema, parquetProperties, configuration, codec, rowGroupBytes);
    }

    @Override
    public void write(R row) throws IOException {
      writer.write(row);
      R last = previous;
      isInOrder = isInOrder && (last == null || layout.order().compare(last, row) <= 0);
      previous = row;
    }

    @Override
    public long sizeBytes() throws IOException {
      return writer.sizeBytes();
    }

    @Override
    public WrittenFile finish() throws IOException {
      Map<String, String> entries = isInOrder ? Map.of(ORDER_KEY, layout.orderName()) : Map.of();
      ParquetMetadata footer = writer.finish(entries);
      Metrics metrics = ParquetUtil.footerMetrics(footer, Stream.empty(), metricsConfig);
      return new WrittenFile(
          layout.table(),
          file.location(),
          out.length(),
          tenant,
          period,
          isInOrder ? table.sortOrder().orderId() : SortOrder.unsorted().orderId(),
          ColumnMetrics.of(metrics),
          ParquetUtil.getSplitOffsets(footer));
    }

    @Override
    public void close() throws IOException {
      writer.close();
    }
  }
}
