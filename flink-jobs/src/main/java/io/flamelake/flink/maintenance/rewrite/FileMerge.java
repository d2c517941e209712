/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import static java.util.Comparator.comparingLong;

import io.flamelake.flink.sink.LakeFileReader;
import io.flamelake.flink.sink.LakeFileWriter;
import io.flamelake.flink.sink.RowLayout;
import io.flamelake.flink.sink.StringPool;
import io.flamelake.flink.sink.WrittenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.InputFile;
import org.jspecify.annotations.Nullable;

/**
 * Merges files of one partition into sorted ones, in bounded memory however large they are: files
 * that do not say that they are in order are sorted in runs, and where the readers of all files
 * together would need too much, some are merged into one first. Both goes through local files.
 */
final class FileMerge<R> {

  private static final int MAX_FILES_AT_ONCE = 64;

  private final Table table;
  private final RowLayout<R> layout;
  private final SpillFiles<R> spills;
  private final StringPool strings;
  private final long maxBytes;
  private final List<SortedInput> inputs = new ArrayList<>();
  private RowBuffer<R> buffer;
  private int spillCount;

  /**
   * @param temporary a local directory
   * @param maxBytes of memory for rows and readers, not for the one file that is being written
   */
  FileMerge(Table table, RowLayout<R> layout, Path temporary, long maxBytes) {
    this.table = table;
    this.layout = layout;
    this.spills = new SpillFiles<>(table, layout, temporary);
    this.maxBytes = maxBytes;
    this.strings = new StringPool(maxBytes / 8);
    this.buffer = new RowBuffer<>(layout, maxBytes / 2);
  }

  /** What a merge read and wrote. */
  record Result(List<WrittenFile> files, long rowsRead, long rowsWritten) {}

  /** Returns how many local files were needed. */
  int spillCount() {
    return spillCount;
  }

  /**
   * Merges all rows of the files.
   *
   * @param fileBytes at which size another file is begun
   */
  Result merge(Partition partition, List<InputFile> files, LakeFileWriter<R> writer, long fileBytes)
      throws IOException {
    try {
      long leftOut = 0;
      for (InputFile file : files) {
        add(partition, file);
      }

      while (!fitsIntoMemory()) {
        leftOut += mergeSome(partition);
      }

      return writeMerged(partition, writer, fileBytes, leftOut);
    } finally {
      deleteSpills();
    }
  }

  private void add(Partition partition, InputFile file) throws IOException {
    try (LakeFileReader<R> reader = open(file, buffer.strings())) {
      if (reader.isInOrder()) {
        inputs.add(new SortedInput(file, ReadMemory.estimate(reader.footer()), false));
        return;
      }

      for (R row = reader.next(); row != null; row = reader.next()) {
        Interruption.check();
        buffer.add(row);
        if (buffer.isFull()) {
          spill(partition, buffer.toSortedSource());
        }
      }
    }
  }

  private void spill(Partition partition, RowSource<R> rows) throws IOException {
    InputFile file = spills.write(partition, rows);
    spillCount++;
    try (LakeFileReader<R> reader = open(file, strings)) {
      inputs.add(new SortedInput(file, ReadMemory.estimate(reader.footer()), true));
    }
  }

  private boolean fitsIntoMemory() {
    long bytes = buffer.bytes();
    for (SortedInput input : inputs) {
      bytes += input.memoryBytes();
    }

    // Two at a time have to do, whatever they take.
    return inputs.size() <= 2 || (bytes <= maxBytes && inputs.size() <= MAX_FILES_AT_ONCE);
  }

  /** Merges the cheapest inputs into one; returns how many rows were left out as repeated. */
  private long mergeSome(Partition partition) throws IOException {
    inputs.sort(comparingLong(SortedInput::memoryBytes));
    long bytes = buffer.bytes();
    int count = 0;
    while (count < Math.min(inputs.size(), MAX_FILES_AT_ONCE)
        && (count < 2 || bytes + inputs.get(count).memoryBytes() <= maxBytes)) {
      bytes += inputs.get(count).memoryBytes();
      count++;
    }

    List<SortedInput> merged = new ArrayList<>(inputs.subList(0, count));
    inputs.subList(0, count).clear();
    try (MergedRows<R> rows = MergedRows.of(layout, open(merged))) {
      Counted<R> counted = new Counted<>(rows);
      spill(partition, counted);
      return rows.rowsRead() - counted.count();
    } finally {
      for (SortedInput input : merged) {
        delete(input);
      }
    }
  }

  private Result writeMerged(
      Partition partition, LakeFileWriter<R> writer, long fileBytes, long leftOut)
      throws IOException {
    List<RowSource<R>> sources = open(inputs);
    sources.add(buffer.toSortedSource());
    RollingFiles<R> output = new RollingFiles<>(writer, partition, fileBytes);
    boolean isComplete = false;
    try (MergedRows<R> rows = MergedRows.of(layout, sources);
        output) {
      long written = 0;
      for (R row = rows.next(); row != null; row = rows.next()) {
        Interruption.check();
        output.write(row);
        written++;
      }

      List<WrittenFile> files = output.finish();
      isComplete = true;
      return new Result(files, rows.rowsRead() + leftOut, written);
    } finally {
      if (!isComplete) {
        output.written().forEach(file -> table.io().deleteFile(file.location()));
      }
    }
  }

  private List<RowSource<R>> open(List<SortedInput> sorted) throws IOException {
    List<RowSource<R>> sources = new ArrayList<>();
    try {
      for (SortedInput input : sorted) {
        sources.add(new FileRows<>(open(input.file(), strings)));
      }
    } catch (IOException | RuntimeException e) {
      for (RowSource<R> source : sources) {
        source.close();
      }

      throw e;
    }

    return sources;
  }

  private LakeFileReader<R> open(InputFile file, StringPool pool) throws IOException {
    Schema schema = table.schema();
    return LakeFileReader.open(file, schema, layout, pool);
  }

  private void deleteSpills() throws IOException {
    for (SortedInput input : inputs) {
      delete(input);
    }

    inputs.clear();
    buffer = new RowBuffer<>(layout, maxBytes / 2);
  }

  private void delete(SortedInput input) throws IOException {
    if (input.isSpill()) {
      spills.delete(input.file());
    }
  }

  private record SortedInput(InputFile file, long memoryBytes, boolean isSpill) {}

  private static final class FileRows<R> implements RowSource<R> {

    private final LakeFileReader<R> reader;

    private FileRows(LakeFileReader<R> reader) {
      this.reader = reader;
    }

    @Override
    public @Nullable R next() throws IOException {
      return reader.next();
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }

  private static final class Counted<R> implements RowSource<R> {

    private final RowSource<R> rows;
    private long count;

    private Counted(RowSource<R> rows) {
      this.rows = rows;
    }

    private long count() {
      return count;
    }

    @Override
    public @Nullable R next() throws IOException {
      R row = rows.next();
      count += row == null ? 0 : 1;
      return row;
    }

    @Override
    public void close() throws IOException {
      rows.close();
    }
  }
}
