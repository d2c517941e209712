/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import io.flamelake.catalog.StacksTable;
import io.flamelake.query.ProfileStoreException;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.StackSums;
import io.flamelake.query.symbols.StackSource;
import io.flamelake.query.symbols.StackSymbols;
import io.flamelake.query.symbols.TableStack;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import it.unimi.dsi.fastutil.longs.LongSet;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads rows of one version of table {@code stacks}. */
final class TrinoStacks implements StackSource {
  private final TrinoStatements statements;
  private final @Nullable Long snapshotId;

  /**
   * @param snapshotId null if the table is empty
   */
  TrinoStacks(TrinoStatements statements, @Nullable Long snapshotId) {
    this.statements = statements;
    this.snapshotId = snapshotId;
  }

  /** Reads those that are missing, or all of the service where that is a shorter question. */
  @Override
  public void load(
      StackSums.Key key, LongSet missing, StackSymbols symbols, QueryCancellation cancellation) {
    Long version = snapshotId;
    if (version == null) {
      return;
    }

    Sql sql = select("stack_id, functions", version, key);
    if (missing.size() <= Sql.MAX_IDS) {
      sql.andIdIn(StacksTable.STACK_ID, missing);
    }

    StackSymbols.Block block = new StackSymbols.Block();
    List<String> names = new ArrayList<>();
    Object2IntOpenHashMap<String> numbers = new Object2IntOpenHashMap<>();
    numbers.defaultReturnValue(-1);
    statements.forEachRow(
        key.tenant(),
        "load stacks",
        sql,
        cancellation,
        row -> {
          String[] functions = RowLists.strings(row, 2);
          int to = block.begin(row.getLong(1), functions.length);
          for (int i = 0; i < functions.length; i++) {
            String name = functions[i];
            int number = numbers.getInt(name);
            if (number < 0) {
              number = names.size();
              names.add(name);
              numbers.put(name, number);
            }

            block.frames()[to + i] = number;
          }
        });
    block.setFunctions(names);
    symbols.add(block);
  }

  @Override
  public void forEach(
      StackSums.Key key,
      LongOpenHashSet wanted,
      Consumer<TableStack> consumer,
      QueryCancellation cancellation) {
    Long version = snapshotId;
    if (version == null) {
      return;
    }

    LongArrayList ids = new LongArrayList(wanted);
    for (int from = 0; from < ids.size(); from += Sql.MAX_IDS) {
      Sql sql =
          select("stack_id, functions, lines, files, mappings, build_ids, addresses", version, key)
              .andIdIn(
                  StacksTable.STACK_ID,
                  ids.subList(from, Math.min(ids.size(), from + Sql.MAX_IDS)));
      statements.forEachRow(
          key.tenant(),
          "load frames",
          sql,
          cancellation,
          row -> {
            if (wanted.remove(row.getLong(1))) {
              consumer.accept(read(row));
            }
          });
    }
  }

  private static Sql select(String columns, long snapshotId, StackSums.Key key) {
    return new Sql()
        .append("SELECT ")
        .append(columns)
        .append(" FROM ")
        .version(StacksTable.NAME, snapshotId)
        .append(" WHERE tenant = ")
        .bind(key.tenant().value())
        .append(" AND day = ")
        .bindDay(key.epochDay())
        .append(" AND service_name = ")
        .bind(key.serviceName());
  }

  private static TableStack read(ResultSet row) throws SQLException {
    String[] functions = RowLists.strings(row, 2);
    int[] lines = RowLists.ints(row, 3);
    String[] files = RowLists.strings(row, 4);
    String[] mappings = RowLists.strings(row, 5);
    String[] buildIds = RowLists.strings(row, 6);
    long[] addresses = RowLists.longs(row, 7);
    int depth = functions.length;
    if (lines.length != depth
        || files.length != depth
        || !isNoneOr(depth, mappings.length)
        || !isNoneOr(depth, buildIds.length)
        || !isNoneOr(depth, addresses.length)) {
      throw new ProfileStoreException(
          "Stack " + row.getLong(1) + " has lists of different lengths", null);
    }

    return new TableStack(
        row.getLong(1),
        functions,
        lines,
        files,
        mappings.length == 0 ? null : mappings,
        buildIds.length == 0 ? null : buildIds,
        addresses.length == 0 ? null : addresses);
  }

  private static boolean isNoneOr(int depth, int length) {
    return length == 0 || length == depth;
  }
}
