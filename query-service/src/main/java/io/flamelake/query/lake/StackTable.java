/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.catalog.StacksTable;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.StackSums;
import io.flamelake.query.symbols.StackSource;
import io.flamelake.query.symbols.StackSymbols;
import io.flamelake.query.symbols.TableStack;
import io.flamelake.query.table.PinnedTable;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import it.unimi.dsi.fastutil.longs.LongSet;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.expressions.Expressions;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/** Reads the symbols of stacks from one version of table {@code stacks}. */
final class StackTable implements StackSource {
  private final PinnedTable table;
  private final ParquetFiles files;
  private final ScanExecutor executor;
  private final RowGroups rowGroups;

  StackTable(PinnedTable table, ParquetFiles files, ScanExecutor executor) {
    this.table = table;
    this.files = files;
    this.executor = executor;
    this.rowGroups = new RowGroups(table, files, executor);
  }

  /** Adds the stacks of all files that were not read before, since the next query misses others. */
  @Override
  public void load(
      StackSums.Key key, LongSet missing, StackSymbols symbols, QueryCancellation cancellation) {
    List<DataFile> unread =
        plan(key).stream().filter(file -> !symbols.isLoaded(file.location())).toList();
    List<RowGroups.Task> tasks = tasks(key, unread, cancellation);
    StackSymbols.Block[] blocks = new StackSymbols.Block[tasks.size()];
    executor.run(
        tasks,
        ScanWorker::new,
        (task, worker) -> {
          StackSymbols.Block block = new StackSymbols.Block();
          blocks[task.index()] = block;
          read(key, task, task.newReader(files, worker.buffer()), block);
        },
        cancellation);
    Map<String, List<StackSymbols.Block>> byFile = new HashMap<>();
    for (RowGroups.Task task : tasks) {
      byFile
          .computeIfAbsent(task.dataFile().location(), file -> new ArrayList<>())
          .add(blocks[task.index()]);
    }

    for (DataFile file : unread) {
      symbols.addFile(file.location(), byFile.getOrDefault(file.location(), List.of()));
    }
  }

  private List<DataFile> plan(StackSums.Key key) {
    return table.plan(
        Expressions.and(
            Expressions.equal(StacksTable.TENANT, key.tenant().value()),
            Expressions.equal(StacksTable.DAY, Math.toIntExact(key.epochDay())),
            Expressions.equal(StacksTable.SERVICE_NAME, key.serviceName())));
  }

  private List<RowGroups.Task> tasks(
      StackSums.Key key, List<DataFile> dataFiles, QueryCancellation cancellation) {
    return rowGroups.plan(
        dataFiles,
        (file, rowGroup) ->
            rowGroups.mayHold(file, rowGroup, StacksTable.SERVICE_NAME, key.serviceName()),
        cancellation);
  }

  /** The rows of the key's stacks. */
  private RowSelection select(StackSums.Key key, RowGroups.Task task, RowGroupReader reader)
      throws IOException {
    RowSelection rows = new RowSelection(reader.rowCount());
    reader.load(StacksTable.SERVICE_NAME, StacksTable.STACK_ID);
    ProfileScan.retainEqual(reader, rows, StacksTable.SERVICE_NAME, key.serviceName());
    if (!table.isPartitionedBy(task.dataFile(), StacksTable.TENANT)) {
      ProfileScan.retainEqual(reader, rows, StacksTable.TENANT, key.tenant().value());
    }

    if (!table.isPartitionedBy(task.dataFile(), StacksTable.DAY)) {
      long[] days = reader.readLongs(StacksTable.DAY, rows);
      rows.retain(position -> days[position] == key.epochDay());
    }

    return rows;
  }

  private void read(
      StackSums.Key key, RowGroups.Task task, RowGroupReader reader, StackSymbols.Block block)
      throws IOException {
    RowSelection rows = select(key, task, reader);
    if (rows.size() == 0) {
      return;
    }

    long[] ids = reader.readLongs(StacksTable.STACK_ID, rows);
    ColumnCursor functions = reader.cursor(StacksTable.FUNCTIONS);
    FunctionNumbers numbers = new FunctionNumbers(functions);
    for (int i = 0; i < ids.length; i++) {
      functions.seek(rows.row(i));
      int depth = functions.to() - functions.from();
      int to = block.begin(ids[i], depth);
      for (int frame = 0; frame < depth; frame++) {
        block.frames()[to + frame] = numbers.number(functions.from() + frame);
      }
    }

    block.setFunctions(numbers.names);
  }

  @Override
  public void forEach(
      StackSums.Key key,
      LongOpenHashSet wanted,
      Consumer<TableStack> consumer,
      QueryCancellation cancellation) {
    for (RowGroups.Task task : tasks(key, plan(key), cancellation)) {
      cancellation.check();
      if (wanted.isEmpty()) {
        return;
      }

      List<TableStack> found = new ArrayList<>();
      try (PageBuffer buffer = new PageBuffer()) {
        readFrames(task, task.newReader(files, buffer), key, wanted, found);
      } catch (IOException | RuntimeException e) {
        throw ScanExecutor.cannotRead(task, e);
      }

      found.forEach(consumer);
    }
  }

  private void readFrames(
      RowGroups.Task task,
      RowGroupReader reader,
      StackSums.Key key,
      LongOpenHashSet wanted,
      List<TableStack> found)
      throws IOException {
    RowSelection rows = select(key, task, reader);
    long[] ids = reader.readLongs(StacksTable.STACK_ID, rows);
    boolean[] isWanted = new boolean[ids.length];
    for (int i = 0; i < ids.length; i++) {
      isWanted[i] = wanted.remove(ids[i]);
    }

    StackColumns columns = null;
    for (int i = 0; i < ids.length; i++) {
      if (isWanted[i]) {
        columns = columns == null ? new StackColumns(reader) : columns;
        found.add(columns.read(ids[i], rows.row(i)));
      }
    }
  }

  /** Numbers the distinct function names of a row group; one string is made for each. */
  private static final class FunctionNumbers {
    private static final int MISSING = -1;

    private final ColumnCursor cursor;
    private final int[] dictionaryNumbers;
    private final Object2IntOpenHashMap<Binary> numbers = new Object2IntOpenHashMap<>();
    final List<String> names = new ArrayList<>();

    FunctionNumbers(ColumnCursor cursor) throws IOException {
      this.cursor = cursor;
      this.dictionaryNumbers = new int[cursor.dictionarySize()];
      Arrays.fill(dictionaryNumbers, MISSING);
      numbers.defaultReturnValue(MISSING);
    }

    int number(int position) throws IOException {
      if (!cursor.isDictionary()) {
        return number(cursor.binaryAt(position));
      }

      int index = cursor.indexes()[position];
      int number = dictionaryNumbers[index];
      if (number == MISSING) {
        number = number(cursor.dictionaryBinaries()[index]);
        dictionaryNumbers[index] = number;
      }

      return number;
    }

    private int number(@Nullable Binary name) throws IOException {
      if (name == null) {
        throw new IOException("Null in a list of functions");
      }

      int number = numbers.getInt(name);
      if (number == MISSING) {
        number = names.size();
        names.add(name.toStringUsingUTF8());
        numbers.put(name, number);
      }

      return number;
    }
  }
}
