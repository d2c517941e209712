/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.DictionaryPageReadStore;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * Looks for words in every file of a storage directory: in its bytes as they are, and in what they
 * are compressed from. Of a Parquet file those are all values and dictionaries of columns of bytes,
 * of an Avro file its records, of a segment the labels and payloads of its records.
 */
final class StoredWords {

  /** Flink's checkpoints hold hashes of rows, and its logs go with the process. */
  private static final String FLINK = "flink";

  private final Path storage;
  private final List<String> words;

  StoredWords(Path storage, List<String> words) {
    this.storage = storage;
    this.words = words;
  }

  /** Returns the files that hold one of the words, with it, as lines for people. */
  List<String> find() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(storage)) {
      files =
          all.filter(Files::isRegularFile)
              .filter(file -> !file.startsWith(storage.resolve(FLINK)))
              .sorted()
              .toList();
    }

    List<String> found = new ArrayList<>();
    for (Path file : files) {
      String content;
      try {
        content = content(file);
      } catch (NoSuchFileException goneMeanwhile) {
        continue;
      }

      words.stream()
          .filter(content::contains)
          .forEach(word -> found.add(storage.relativize(file) + " has " + word));
    }

    return found;
  }

  /** The bytes of a file and all that they are compressed from, a character for each byte. */
  private static String content(Path file) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    byte[] raw = Files.readAllBytes(file);
    content.writeBytes(raw);
    String name = file.getFileName().toString();
    if (name.endsWith(".parquet")) {
      addParquet(file, content);
    } else if (name.endsWith(".avro")) {
      addAvro(file, content);
    } else if (name.endsWith(".seg")) {
      addSegment(file, raw, content);
    }

    return content.toString(ISO_8859_1);
  }

  private static void addParquet(Path file, ByteArrayOutputStream to) throws IOException {
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration()).build();
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file), options)) {
      MessageType schema = reader.getFooter().getFileMetaData().getSchema();
      String createdBy = reader.getFooter().getFileMetaData().getCreatedBy();
      for (int block = 0; block < reader.getRowGroups().size(); block++) {
        addDictionaries(reader.getNextDictionaryReader(), schema, to);
        PageReadStore pages = reader.readNextRowGroup();
        ColumnReadStoreImpl columns =
            new ColumnReadStoreImpl(
                pages, new GroupRecordConverter(schema).getRootConverter(), schema, createdBy);
        for (ColumnDescriptor column : schema.getColumns()) {
          if (isBytes(column)) {
            long count = pages.getPageReader(column).getTotalValueCount();
            addValues(columns.getColumnReader(column), count, column.getMaxDefinitionLevel(), to);
          }
        }
      }
    }
  }

  /** A dictionary may have values that no row has. */
  private static void addDictionaries(
      DictionaryPageReadStore dictionaries, MessageType schema, ByteArrayOutputStream to)
      throws IOException {
    for (ColumnDescriptor column : schema.getColumns()) {
      DictionaryPage page = isBytes(column) ? dictionaries.readDictionaryPage(column) : null;
      if (page != null) {
        Dictionary dictionary = page.getEncoding().initDictionary(column, page);
        for (int id = 0; id <= dictionary.getMaxId(); id++) {
          to.writeBytes(dictionary.decodeToBinary(id).getBytes());
          to.write('\n');
        }
      }
    }
  }

  private static boolean isBytes(ColumnDescriptor column) {
    PrimitiveTypeName type = column.getPrimitiveType().getPrimitiveTypeName();
    return type == PrimitiveTypeName.BINARY || type == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
  }

  private static void addValues(
      ColumnReader values, long count, int defined, ByteArrayOutputStream to) {
    for (long i = 0; i < count; i++) {
      if (values.getCurrentDefinitionLevel() == defined) {
        to.writeBytes(values.getBinary().getBytes());
        to.write('\n');
      }

      values.consume();
    }
  }

  /** The records once more, uncompressed: bounds are in them as bytes. */
  private static void addAvro(Path file, ByteArrayOutputStream to) throws IOException {
    try (DataFileReader<GenericRecord> records =
        new DataFileReader<>(file.toFile(), new GenericDatumReader<>())) {
      GenericDatumWriter<GenericRecord> writer = new GenericDatumWriter<>(records.getSchema());
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(to, null);
      for (GenericRecord record : records) {
        writer.write(record, encoder);
      }

      encoder.flush();
    }
  }

  private static void addSegment(Path file, byte[] object, ByteArrayOutputStream to) {
    SegmentId id =
        new SegmentId(
            new LaneId(requireNonNull(file.getParent()).getFileName().toString()),
            Long.parseLong(file.getFileName().toString().replaceFirst("\\.seg$", "")));
    SegmentReader.parse(object, id)
        .forEachRecord(
            (tenant, record) -> {
              to.writeBytes(record.labels().toString().getBytes(UTF_8));
              to.write(record.payload(), record.payloadOffset(), record.payloadLength());
            });
  }
}
