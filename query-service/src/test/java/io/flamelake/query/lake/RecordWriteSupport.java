/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.util.DateTimeUtil;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.jspecify.annotations.Nullable;

/** Writes Iceberg's generic records to any layout of their schema. */
final class RecordWriteSupport extends WriteSupport<Record> {
  private final MessageType schema;
  private @Nullable RecordConsumer consumer;

  private RecordWriteSupport(MessageType schema) {
    this.schema = schema;
  }

  static ParquetWriter<Record> newWriter(OutputFile file, MessageType schema, FileLayout layout)
      throws IOException {
    return new Builder(file, schema)
        .withConf(new PlainParquetConfiguration())
        .withWriterVersion(layout.version)
        .withCompressionCodec(layout.codec)
        .withDictionaryEncoding(layout.dictionaryBytes > 0)
        .withDictionaryPageSize(Math.max(1, layout.dictionaryBytes))
        .withPageRowCountLimit(layout.pageRows)
        .withRowGroupSize(layout.rowGroupBytes)
        .withMinRowCountForPageSizeCheck(1)
        .build();
  }

  /** The schema with every column, list and element optional and without field ids. */
  static MessageType optional(MessageType schema) {
    return new MessageType(
        schema.getName(), schema.getFields().stream().map(RecordWriteSupport::optional).toList());
  }

  private static Type optional(Type type) {
    Type.Repetition repetition =
        type.isRepetition(Type.Repetition.REPEATED)
            ? Type.Repetition.REPEATED
            : Type.Repetition.OPTIONAL;
    if (type instanceof PrimitiveType primitive) {
      return Types.primitive(
              primitive.getPrimitiveTypeName(),
              primitive.getName().equals("key") ? Type.Repetition.REQUIRED : repetition)
          .length(primitive.getTypeLength())
          .as(primitive.getLogicalTypeAnnotation())
          .named(primitive.getName());
    }

    List<Type> fields = new ArrayList<>();
    for (Type field : type.asGroupType().getFields()) {
      fields.add(optional(field));
    }

    return Types.buildGroup(repetition)
        .as(type.getLogicalTypeAnnotation())
        .addFields(fields.toArray(new Type[0]))
        .named(type.getName());
  }

  @Override
  public WriteContext init(Configuration configuration) {
    return new WriteContext(schema, Map.of());
  }

  @Override
  public WriteContext init(ParquetConfiguration configuration) {
    return new WriteContext(schema, Map.of());
  }

  @Override
  public void prepareForWrite(RecordConsumer recordConsumer) {
    this.consumer = recordConsumer;
  }

  @Override
  public void write(Record record) {
    RecordConsumer out = requireNonNull(consumer, "consumer");
    out.startMessage();
    for (int i = 0; i < schema.getFieldCount(); i++) {
      Object value = record.get(i);
      if (value != null) {
        out.startField(schema.getFieldName(i), i);
        write(out, schema.getType(i), value);
        out.endField(schema.getFieldName(i), i);
      }
    }

    out.endMessage();
  }

  private static void write(RecordConsumer out, Type type, Object value) {
    if (type.getLogicalTypeAnnotation()
        instanceof LogicalTypeAnnotation.ListLogicalTypeAnnotation) {
      writeList(out, type.asGroupType(), (List<?>) value);
    } else if (value instanceof Map<?, ?> map) {
      writeMap(out, type.asGroupType(), map);
    } else if (value instanceof Long number) {
      out.addLong(number);
    } else if (value instanceof Integer number) {
      out.addInteger(number);
    } else if (value instanceof String string) {
      out.addBinary(Binary.fromString(string));
    } else if (value instanceof byte[] bytes) {
      out.addBinary(Binary.fromConstantByteArray(bytes));
    } else if (value instanceof OffsetDateTime time) {
      out.addLong(
          DateTimeUtil.microsFromTimestamp(
              time.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime()));
    } else if (value instanceof LocalDate date) {
      out.addInteger((int) date.toEpochDay());
    } else if (value instanceof UUID uuid) {
      ByteBuffer bytes = ByteBuffer.allocate(16);
      bytes.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
      out.addBinary(Binary.fromConstantByteArray(bytes.array()));
    } else {
      throw new IllegalArgumentException("Value " + value);
    }
  }

  private static void writeList(RecordConsumer out, GroupType list, List<?> values) {
    GroupType repeated = list.getType(0).asGroupType();
    out.startGroup();
    if (!values.isEmpty()) {
      out.startField(repeated.getName(), 0);
      for (Object value : values) {
        out.startGroup();
        out.startField(repeated.getFieldName(0), 0);
        write(out, repeated.getType(0), value);
        out.endField(repeated.getFieldName(0), 0);
        out.endGroup();
      }

      out.endField(repeated.getName(), 0);
    }

    out.endGroup();
  }

  private static void writeMap(RecordConsumer out, GroupType map, Map<?, ?> values) {
    GroupType repeated = map.getType(0).asGroupType();
    out.startGroup();
    if (!values.isEmpty()) {
      out.startField(repeated.getName(), 0);
      values.forEach(
          (key, value) -> {
            out.startGroup();
            out.startField("key", 0);
            write(out, repeated.getType(0), key);
            out.endField("key", 0);
            out.startField("value", 1);
            write(out, repeated.getType(1), value);
            out.endField("value", 1);
            out.endGroup();
          });
      out.endField(repeated.getName(), 0);
    }

    out.endGroup();
  }

  private static final class Builder extends ParquetWriter.Builder<Record, Builder> {
    private final MessageType schema;

    Builder(OutputFile file, MessageType schema) {
      super(file);
      this.schema = schema;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<Record> getWriteSupport(Configuration configuration) {
      return new RecordWriteSupport(schema);
    }

    @Override
    protected WriteSupport<Record> getWriteSupport(ParquetConfiguration configuration) {
      return new RecordWriteSupport(schema);
    }
  }
}
