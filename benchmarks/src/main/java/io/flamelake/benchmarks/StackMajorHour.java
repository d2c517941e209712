/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import static org.apache.iceberg.types.Types.NestedField.required;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.ProfilesTable;
import io.flamelake.flink.sink.LakeFileReader;
import io.flamelake.flink.sink.ProfileTableRow;
import io.flamelake.flink.sink.ProfilesLayout;
import io.flamelake.flink.sink.StringPool;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types.IntegerType;
import org.apache.iceberg.types.Types.ListType;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.StringType;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;

/**
 * What closed hours would take on disk if their samples were written in order of stacks: one row
 * for each profile type, service and stack, with the profiles that have it and the values there.
 * The sizes answer whether a table {@code samples_by_stack} would pay.
 *
 * @param samples in all profiles
 * @param profileMajorBytes of columns {@code stack_ids} and {@code values} as they are
 * @param stackMajorBytes of the other form
 */
record StackMajorHour(long samples, long profileMajorBytes, long stackMajorBytes) {
  private static final Schema SCHEMA =
      new Schema(
          required(1, "profile_type", StringType.get()),
          required(2, "service_name", StringType.get()),
          required(3, "stack_id", LongType.get()),
          required(4, "profiles", ListType.ofRequired(6, IntegerType.get())),
          required(5, "values", ListType.ofRequired(7, LongType.get())));

  /** Writes the other form of all profiles of a lake whose files are in order. */
  static StackMajorHour measure(Path storage, Path scratch) throws IOException {
    try (LakeCatalog catalog = LakeCatalog.open(CatalogConfig.embedded(storage))) {
      Table profiles = catalog.tables().profiles();
      StackMajorHour sum = new StackMajorHour(0, 0, 0);
      try (CloseableIterable<FileScanTask> tasks = profiles.newScan().planFiles()) {
        for (FileScanTask task : tasks) {
          sum = sum.plus(measure(profiles, task.file().location(), scratch));
        }
      }

      return sum;
    }
  }

  private StackMajorHour plus(StackMajorHour other) {
    return new StackMajorHour(
        samples + other.samples,
        profileMajorBytes + other.profileMajorBytes,
        stackMajorBytes + other.stackMajorBytes);
  }

  private static StackMajorHour measure(Table profiles, String location, Path scratch)
      throws IOException {
    Set<String> columns =
        Set.of(
            ProfilesTable.PROFILE_TYPE,
            ProfilesTable.SERVICE_NAME,
            ProfilesTable.STACK_IDS,
            ProfilesTable.VALUES);
    Path file = scratch.resolve("stack-major.parquet");
    Files.deleteIfExists(file);
    long samples = 0;
    long profileMajorBytes = 0;
    try (LakeFileReader<ProfileTableRow> rows =
            LakeFileReader.open(
                profiles.io().newInputFile(location),
                profiles.schema(),
                new ProfilesLayout(),
                columns,
                new StringPool(1 << 20));
        FileAppender<Record> out =
            Parquet.write(profiles.io().newOutputFile(file.toString()))
                .schema(SCHEMA)
                .setAll(profiles.properties())
                .set("write.parquet.page-row-limit", "4000")
                .set("write.parquet.compression-level", "3")
                .createWriterFunc(type -> GenericParquetWriter.create(SCHEMA, type))
                .build()) {
      for (BlockMetaData block : rows.footer().getBlocks()) {
        for (ColumnChunkMetaData chunk : block.getColumns()) {
          String column = chunk.getPath().toArray()[0];
          if (column.equals(ProfilesTable.STACK_IDS) || column.equals(ProfilesTable.VALUES)) {
            profileMajorBytes += chunk.getTotalSize();
          }
        }
      }

      Group group = new Group("", "");
      for (ProfileTableRow row = rows.next(); row != null; row = rows.next()) {
        if (!group.isOf(row)) {
          group.writeTo(out);
          group = new Group(row.profileType(), row.serviceName());
        }

        group.add(row);
        samples += row.stackIds().length;
      }

      group.writeTo(out);
    }

    return new StackMajorHour(samples, profileMajorBytes, Files.size(file));
  }

  /** All samples of a profile type and service, by stack. */
  private static final class Group {
    private final String profileType;
    private final String serviceName;
    private final Map<Long, Stack> stacks = new TreeMap<>();
    private int profiles;

    Group(String profileType, String serviceName) {
      this.profileType = profileType;
      this.serviceName = serviceName;
    }

    boolean isOf(ProfileTableRow row) {
      return profileType.equals(row.profileType()) && serviceName.equals(row.serviceName());
    }

    void add(ProfileTableRow row) {
      for (int i = 0; i < row.stackIds().length; i++) {
        Stack stack = stacks.computeIfAbsent(row.stackIds()[i], any -> new Stack());
        stack.profiles.add(profiles);
        stack.values.add(row.values()[i]);
      }

      profiles++;
    }

    void writeTo(FileAppender<Record> out) {
      stacks.forEach(
          (id, stack) -> {
            GenericRecord row = GenericRecord.create(SCHEMA);
            row.set(0, profileType);
            row.set(1, serviceName);
            row.set(2, id);
            row.set(3, stack.profiles);
            row.set(4, stack.values);
            out.add(row);
          });
    }
  }

  private static final class Stack {
    final IntArrayList profiles = new IntArrayList();
    final LongArrayList values = new LongArrayList();
  }
}
