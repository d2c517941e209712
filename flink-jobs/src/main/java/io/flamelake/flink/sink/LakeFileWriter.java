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
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.Table;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.iceberg.util.PropertyUtil;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.RecordConsumer;
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

  private final Table table;
  private final RowLayout<R> layout;
  private final MessageType schema;
  private final MetricsConfig metricsConfig;
  private final ParquetConfiguration configuration = new PlainParquetConfiguration();
  private final int subtask;

  /**
   * @param subtask begins the name of each file
   */
  public LakeFileWriter(Table table, RowLayout<R> layout, int subtask) {
    this.table = table;
    this.layout = layout;
    this.schema = ParquetSchemaUtil.convert(table.schema(), layout.table().tableName());
    this.metricsConfig = MetricsConfig.forTable(table);
    this.subtask = subtask;
    configuration.set(ZSTD_BUFFER_POOL, "true");
    String level = table.properties().get(PARQUET_COMPRESSION_LEVEL);
    if (level != null) {
      configuration.set(ZSTD_LEVEL, level);
    }
  }

  /** Writes the rows of one tenant and period as one file. */
  public WrittenFile write(String tenant, int period, List<R> sortedRows) throws IOException {
    PartitionData partition = WrittenFile.partition(table.spec(), tenant, period);
    String name = String.format(Locale.ROOT, "%05d-%s.parquet", subtask, UUID.randomUUID());
    String location = table.locationProvider().newDataLocation(table.spec(), partition, name);
    ParquetOutputFile out = new ParquetOutputFile(table.io().newOutputFile(location));
    ParquetWriter<R> writer = new Builder(out).build();
    try (writer) {
      for (R row : sortedRows) {
        writer.write(row);
      }
    }

    ParquetMetadata footer = writer.getFooter();
    Metrics metrics = ParquetUtil.footerMetrics(footer, Stream.empty(), metricsConfig);
    return new WrittenFile(
        layout.table(),
        location,
        out.length(),
        tenant,
        period,
        table.sortOrder().orderId(),
        ColumnMetrics.of(metrics),
        ParquetUtil.getSplitOffsets(footer));
  }

  /** Sets a writer up as the table's properties say. */
  private final class Builder extends ParquetWriter.Builder<R, Builder> {

    private Builder(OutputFile file) {
      super(file);
      Map<String, String> properties = table.properties();
      withConf(configuration);
      withWriterVersion(WriterVersion.PARQUET_2_0);
      withCompressionCodec(
          CompressionCodecName.valueOf(
              properties
                  .getOrDefault(PARQUET_COMPRESSION, PARQUET_COMPRESSION_DEFAULT)
                  .toUpperCase(Locale.ROOT)));
      withRowGroupSize(
          PropertyUtil.propertyAsLong(
              properties, PARQUET_ROW_GROUP_SIZE_BYTES, PARQUET_ROW_GROUP_SIZE_BYTES_DEFAULT));
      withPageSize(
          PropertyUtil.propertyAsInt(
              properties, PARQUET_PAGE_SIZE_BYTES, PARQUET_PAGE_SIZE_BYTES_DEFAULT));
      withPageRowCountLimit(
          PropertyUtil.propertyAsInt(
              properties, PARQUET_PAGE_ROW_LIMIT, PARQUET_PAGE_ROW_LIMIT_DEFAULT));
      withDictionaryPageSize(
          PropertyUtil.propertyAsInt(
              properties, PARQUET_DICT_SIZE_BYTES, PARQUET_DICT_SIZE_BYTES_DEFAULT));
      withValidation(false);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<R> getWriteSupport(@Nullable Configuration conf) {
      return new RowWriteSupport();
    }

    @Override
    protected WriteSupport<R> getWriteSupport(@Nullable ParquetConfiguration conf) {
      return new RowWriteSupport();
    }
  }

  private final class RowWriteSupport extends WriteSupport<R> {

    private @Nullable RecordConsumer consumer;
    private @Nullable ParquetRow out;

    @Override
    public String getName() {
      return "flamelake";
    }

    @Override
    public WriteContext init(@Nullable Configuration conf) {
      return new WriteContext(schema, Map.of());
    }

    @Override
    public WriteContext init(@Nullable ParquetConfiguration conf) {
      return new WriteContext(schema, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
      this.consumer = recordConsumer;
      this.out = new ParquetRow(recordConsumer, schema);
    }

    @Override
    public void write(R row) {
      RecordConsumer current = consumer;
      ParquetRow columns = out;
      if (current == null || columns == null) {
        throw new IllegalStateException("Not prepared");
      }

      current.startMessage();
      layout.write(row, columns);
      current.endMessage();
    }
  }
}
