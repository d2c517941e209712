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
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads rows of one version of table {@code stacks}. */
final class TrinoStacks implements StackSource {
  private final TrinoClient client;
  private final @Nullable Long snapshotId;

  /**
   * @param snapshotId null if the table is empty
   */
  TrinoStacks(TrinoClient client, @Nullable Long snapshotId) {
    this.client = client;
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
    client.forEachRow(
        key.tenant(),
        "load stacks",
        sql,
        cancellation,
        row -> {
          Object[] functions = elements(row, 2);
          int to = block.begin(row.getLong(1), functions.length);
          for (int i = 0; i < functions.length; i++) {
            String name = (String) functions[i];
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
      client.forEachRow(
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
    String[] functions = strings(elements(row, 2));
    int depth = functions.length;
    Object[] lines = elements(row, 3);
    String[] files = strings(elements(row, 4));
    Object[] mappings = elements(row, 5);
    Object[] buildIds = elements(row, 6);
    Object[] addresses = elements(row, 7);
    for (Object[] list : List.of(lines, files, mappings, buildIds, addresses)) {
      if (list.length != depth && (list.length > 0 || list == lines || list == files)) {
        throw new ProfileStoreException(
            "Stack " + row.getLong(1) + " has lists of different lengths", null);
      }
    }

    return new TableStack(
        row.getLong(1),
        functions,
        Arrays.stream(lines).mapToInt(line -> ((Number) line).intValue()).toArray(),
        files,
        mappings.length == 0 ? null : strings(mappings),
        buildIds.length == 0 ? null : strings(buildIds),
        addresses.length == 0
            ? null
            : Arrays.stream(addresses)
                .mapToLong(address -> ((Number) address).longValue())
                .toArray());
  }

  /** The elements of a list; none if it is null. */
  private static Object[] elements(ResultSet row, int column) throws SQLException {
    Array array = row.getArray(column);
    return array == null ? new Object[0] : (Object[]) array.getArray();
  }

  private static String[] strings(Object[] elements) {
    return Arrays.copyOf(elements, elements.length, String[].class);
  }
}
