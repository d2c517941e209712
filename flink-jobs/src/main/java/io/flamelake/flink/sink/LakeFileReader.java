/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static java.util.Objects.requireNonNull;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.Schema;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.types.Types;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of one data file in the order in which they lie there, whichever engine wrote it.
 * Columns are found by their field ids, or by their names in a file that has no ids.
 *
 * <p>Holds one row group in memory, compressed, and one page of each column. Not thread-safe.
 */
public final class LakeFileReader<R> implements Closeable {

  private static final ParquetReadOptions OPTIONS =
      ParquetReadOptions.builder(new PlainParquetConfiguration()).build();

  private final String location;
  private final RowLayout<R> layout;
  private final ParquetFileReader file;
  private final MessageColumnIO columns;
  private final RowMaterializer<R> materializer;
  private final Set<String> known = new TreeSet<>();
  private @Nullable RecordReader<R> rows;
  private long rowsLeft;

  /** Opens a file to read whole rows. */
  public static <R> LakeFileReader<R> open(
      InputFile file, Schema schema, RowLayout<R> layout, StringPool strings) throws IOException {
    return open(file, schema, layout, columnNames(layout.schema()), strings);
  }

  /**
   * Opens a file to read some columns; in the rows the others are empty or 0.
   *
   * @param schema the table's, which may have columns that the layout does not know
   * @throws UnsupportedOperationException if the file lacks one of them, or has it as something
   *     else
   */
  public static <R> LakeFileReader<R> open(
      InputFile file, Schema schema, RowLayout<R> layout, Set<String> columns, StringPool strings)
      throws IOException {
    ParquetFileReader reader = ParquetFileReader.open(new ParquetInputFile(file), OPTIONS);
    try {
      return new LakeFileReader<>(file.location(), reader, schema, layout, columns, strings);
    } catch (RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  private LakeFileReader(
      String location,
      ParquetFileReader file,
      Schema schema,
      RowLayout<R> layout,
      Set<String> columns,
      StringPool strings) {
    this.location = location;
    this.layout = layout;
    this.file = file;
    MessageType fileSchema = file.getFileMetaData().getSchema();
    List<Type> projected = new ArrayList<>();
    ReadRow row = new ReadRow();
    List<Converter> converters = new ArrayList<>();
    for (String name : columns) {
      Types.NestedField column = requireNonNull(schema.findField(name), name);
      Type fileType = find(fileSchema, column);
      if (fileType != null) {
        ColumnReader reader = ColumnReader.of(column, fileType, strings);
        row.add(name, reader);
        converters.add(reader.converter());
        projected.add(fileType);
      } else if (column.isRequired()) {
        throw new UnsupportedOperationException("Column " + name + " is not in file " + location);
      }
    }

    for (Types.NestedField column : layout.schema().columns()) {
      Type fileType = find(fileSchema, requireNonNull(schema.findField(column.name())));
      if (fileType != null) {
        known.add(fileType.getName());
      }
    }

    MessageType projection = new MessageType(fileSchema.getName(), projected);
    file.setRequestedSchema(projection);
    this.columns = new ColumnIOFactory().getColumnIO(projection, fileSchema);
    this.materializer = new RowMaterializer<>(layout, row, converters);
  }

  /** Says whether the writer of the file promised that its rows lie in the layout's order. */
  public boolean isInOrder() {
    return layout
        .orderName()
        .equals(file.getFileMetaData().getKeyValueMetaData().get(LakeFileWriter.ORDER_KEY));
  }

  public long rowCount() {
    return file.getRecordCount();
  }

  public ParquetMetadata footer() {
    return file.getFooter();
  }

  /** Returns columns of the file that hold values but are not the layout's: somebody added them. */
  public List<String> unknownColumns() {
    Set<String> unknown = new TreeSet<>();
    for (BlockMetaData rowGroup : file.getFooter().getBlocks()) {
      for (ColumnChunkMetaData chunk : rowGroup.getColumns()) {
        String column = chunk.getPath().toArray()[0];
        Statistics<?> statistics = chunk.getStatistics();
        boolean isNull =
            statistics.isNumNullsSet() && statistics.getNumNulls() == chunk.getValueCount();
        if (!known.contains(column) && !isNull) {
          unknown.add(column);
        }
      }
    }

    return List.copyOf(unknown);
  }

  /** Returns the next row, null after the last one. */
  public @Nullable R next() throws IOException {
    RecordReader<R> current = rows;
    while (current == null || rowsLeft == 0) {
      PageReadStore pages = file.readNextRowGroup();
      if (pages == null) {
        return null;
      }

      current = columns.getRecordReader(pages, materializer);
      rows = current;
      rowsLeft = pages.getRowCount();
    }

    rowsLeft--;
    try {
      return current.read();
    } catch (RuntimeException e) {
      throw new IOException("Cannot read a row of " + location, e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private static Set<String> columnNames(Schema schema) {
    Set<String> names = new TreeSet<>();
    schema.columns().forEach(column -> names.add(column.name()));
    return names;
  }

  private static @Nullable Type find(MessageType fileSchema, Types.NestedField column) {
    boolean hasIds = false;
    for (Type field : fileSchema.getFields()) {
      Type.ID id = field.getId();
      if (id != null && id.intValue() == column.fieldId()) {
        return field;
      }

      hasIds |= id != null;
    }

    boolean hasColumn = !hasIds && fileSchema.containsField(column.name());
    return hasColumn ? fileSchema.getType(column.name()) : null;
  }

  /** Makes a row of what the columns took. */
  private static final class RowMaterializer<R> extends RecordMaterializer<R> {

    private final RowLayout<R> layout;
    private final ReadRow row;
    private final Root root;

    private RowMaterializer(RowLayout<R> layout, ReadRow row, List<Converter> converters) {
      this.layout = layout;
      this.row = row;
      this.root = new Root(row, converters.toArray(new Converter[0]));
    }

    @Override
    public R getCurrentRecord() {
      return layout.read(row);
    }

    @Override
    public GroupConverter getRootConverter() {
      return root;
    }
  }

  private static final class Root extends GroupConverter {

    private final ReadRow row;
    private final Converter[] converters;

    private Root(ReadRow row, Converter[] converters) {
      this.row = row;
      this.converters = converters;
    }

    @Override
    public Converter getConverter(int fieldIndex) {
      return converters[fieldIndex];
    }

    @Override
    public void start() {
      row.clear();
    }

    @Override
    public void end() {}
  }
}
