/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.model.flamegraph.CallTreeBuilder;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.RollUpPeriod;
import io.flamelake.query.cache.WeightedCache;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.DataFile;

/**
 * Merges roll-ups to call trees. What was merged is kept: a refreshed dashboard asks for the same
 * rows of the same files again. The rows of each day are kept too, so that of a range that has
 * moved on by an hour only the days at its ends have to be merged again.
 */
final class RollUpTrees {
  /** Days that are kept as one tree, where there are trees of whole days. */
  private static final int DAYS_OF_RUN = 8;

  /** So few that a service's rows, which stand together, are shared among threads. */
  private static final int MAX_ROWS_OF_TASK = 4;

  private final RollUpTable table;
  private final ParquetFiles files;
  private final ScanExecutor executor;
  private final WeightedCache<List<RollUpTable.Row>, CallTree> cache;

  /** Rows of one row group. */
  private record Task(DataFile dataFile, int rowGroup, List<Integer> rows) {
    @Override
    public String toString() {
      return dataFile.location();
    }
  }

  RollUpTrees(
      RollUpTable table,
      ParquetFiles files,
      ScanExecutor executor,
      WeightedCache<List<RollUpTable.Row>, CallTree> cache) {
    this.table = table;
    this.files = files;
    this.executor = executor;
    this.cache = cache;
  }

  /** A cache for the trees of all queries. */
  static WeightedCache<List<RollUpTable.Row>, CallTree> newCache(long maxBytes) {
    return new WeightedCache<>(maxBytes, RollUpTrees::weight);
  }

  private static long weight(CallTree tree) {
    return (long) tree.nodeCount() * (2 * Integer.BYTES + 2 * Long.BYTES)
        + 100L * tree.functionCount();
  }

  /**
   * The sum of some roll-ups.
   *
   * @param rows in the order that they have been given in before, or they are merged once more
   */
  CallTree merge(List<RollUpTable.Row> rows, QueryCancellation cancellation) {
    CallTree known = cache.find(rows);
    if (known != null) {
      return known;
    }

    TreeMap<Long, List<RollUpTable.Row>> runs = new TreeMap<>();
    for (RollUpTable.Row row : rows) {
      runs.computeIfAbsent(run(row), run -> new ArrayList<>()).add(row);
    }

    if (runs.size() <= 1) {
      return cache.add(List.copyOf(rows), read(rows, cancellation));
    }

    CallTreeBuilder tree = CallTree.builder();
    for (List<RollUpTable.Row> run : runs.values()) {
      tree.merge(merge(run, cancellation));
    }

    return cache.add(List.copyOf(rows), tree.build());
  }

  private long run(RollUpTable.Row row) {
    return table.period() == RollUpPeriod.DAY
        ? Math.floorDiv(row.number(), DAYS_OF_RUN)
        : RollUpPeriod.DAY.number(RollUpPeriod.HOUR.startMicros(row.number()));
  }

  private CallTree read(List<RollUpTable.Row> rows, QueryCancellation cancellation) {
    CallTreeBuilder tree = null;
    for (Worker worker :
        executor.run(
            tasks(rows),
            Worker::new,
            (task, worker) -> {
              ParquetFile file = files.open(table.table().io(), task.dataFile);
              RowGroupReader reader =
                  new RowGroupReader(
                      table.table(),
                      files,
                      file,
                      file.rowGroups().get(task.rowGroup),
                      worker.buffer());
              RollUpDecoder.Rows decoder = worker.decoder.new Rows(reader);
              for (int row : task.rows) {
                cancellation.check();
                decoder.add(row);
              }
            },
            cancellation)) {
      if (tree == null) {
        tree = worker.tree;
      } else {
        tree.merge(worker.tree.build());
      }
    }

    return (tree == null ? CallTree.builder() : tree).build();
  }

  private List<Task> tasks(List<RollUpTable.Row> rows) {
    List<Task> tasks = new ArrayList<>();
    TreeMap<String, TreeMap<Integer, TreeSet<Integer>>> byFile = new TreeMap<>();
    for (RollUpTable.Row row : rows) {
      byFile
          .computeIfAbsent(row.location(), location -> new TreeMap<>())
          .computeIfAbsent(row.rowGroup(), rowGroup -> new TreeSet<>())
          .add(row.row());
    }

    byFile.forEach(
        (location, rowGroups) ->
            rowGroups.forEach(
                (rowGroup, numbers) -> {
                  DataFile dataFile = table.dataFile(location);
                  List<Integer> ascending = List.copyOf(numbers);
                  for (int i = 0; i < ascending.size(); i += MAX_ROWS_OF_TASK) {
                    int end = Math.min(i + MAX_ROWS_OF_TASK, ascending.size());
                    tasks.add(new Task(dataFile, rowGroup, ascending.subList(i, end)));
                  }
                }));
    return tasks;
  }

  private static final class Worker extends ScanWorker {
    final CallTreeBuilder tree = CallTree.builder();
    final RollUpDecoder decoder = new RollUpDecoder(tree);
  }
}
