/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.catalog.FlameTable;
import io.flamelake.model.flamegraph.CallTreeBuilder;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.io.IOException;
import java.util.Arrays;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/**
 * Adds the trees of roll-ups to one tree, straight from the decoded pages. A name is compared as
 * bytes, and made a string once for all rows that have it. Used by one thread.
 */
final class RollUpDecoder {
  private static final int MISSING = -1;

  private final CallTreeBuilder tree;
  private final Object2IntOpenHashMap<Binary> functionsByName = new Object2IntOpenHashMap<>();
  private int[] functionsOfRow = new int[0];
  private int[] parents = new int[0];
  private int[] functions = new int[0];
  private long[] selfs = new long[0];

  RollUpDecoder(CallTreeBuilder tree) {
    this.tree = tree;
    functionsByName.defaultReturnValue(MISSING);
  }

  /** The rows of one row group, to be added in ascending order. */
  final class Rows {
    private final ColumnCursor totals;
    private final ColumnCursor names;
    private final ColumnCursor distances;
    private final ColumnCursor functionIndexes;
    private final ColumnCursor values;

    /** The tree's functions by index in the dictionary of names. */
    private final int[] functionsByIndex;

    Rows(RowGroupReader reader) throws IOException {
      reader.load(
          FlameTable.TOTAL_VALUE,
          FlameTable.NAMES,
          FlameTable.PARENTS,
          FlameTable.FUNCTIONS,
          FlameTable.SELF);
      this.totals = reader.cursor(FlameTable.TOTAL_VALUE);
      this.names = reader.cursor(FlameTable.NAMES);
      this.distances = reader.cursor(FlameTable.PARENTS);
      this.functionIndexes = reader.cursor(FlameTable.FUNCTIONS);
      this.values = reader.cursor(FlameTable.SELF);
      this.functionsByIndex = new int[names.dictionarySize()];
      Arrays.fill(functionsByIndex, MISSING);
    }

    /** Adds the tree of one row. */
    void add(int row) throws IOException {
      int nameCount = readNames(row);
      distances.seek(row);
      functionIndexes.seek(row);
      values.seek(row);
      int nodes = distances.to() - distances.from();
      if (functionIndexes.to() - functionIndexes.from() != nodes
          || values.to() - values.from() != nodes) {
        throw new IOException("Row " + row + " has lists of nodes of different lengths");
      }

      if (parents.length < nodes) {
        parents = new int[nodes + (nodes >> 2)];
        functions = new int[parents.length];
        selfs = new long[parents.length];
      }

      long sum = 0;
      for (int node = 0; node < nodes; node++) {
        long distance = distances.longAt(distances.from() + node);
        long function = functionIndexes.longAt(functionIndexes.from() + node);
        if (distance < 0 || distance > node || function < 0 || function >= nameCount) {
          throw new IOException(
              "Row " + row + ", node " + node + ": parent " + distance + ", function " + function);
        }

        parents[node] = distance == 0 ? MISSING : node - (int) distance;
        functions[node] = functionsOfRow[(int) function];
        selfs[node] = values.longAt(values.from() + node);
        sum += selfs[node];
      }

      tree.addNodes(parents, functions, selfs, nodes);
      totals.seek(row);
      // What is not at any node: stacks without frames end at the virtual root.
      tree.add(new int[0], 0, 0, totals.longAt(totals.from()) - sum);
    }

    private int readNames(int row) throws IOException {
      names.seek(row);
      int count = names.to() - names.from();
      if (functionsOfRow.length < count) {
        functionsOfRow = new int[count + (count >> 2)];
      }

      for (int i = 0; i < count; i++) {
        functionsOfRow[i] = function(names.from() + i);
      }

      return count;
    }

    private int function(int position) throws IOException {
      if (!names.isDictionary()) {
        return functionOf(names.binaryAt(position));
      }

      int index = names.indexes()[position];
      if (functionsByIndex[index] == MISSING) {
        functionsByIndex[index] = functionOf(names.dictionaryBinaries()[index]);
      }

      return functionsByIndex[index];
    }
  }

  private int functionOf(@Nullable Binary name) throws IOException {
    if (name == null) {
      throw new IOException("Null in a list of names");
    }

    int function = functionsByName.getInt(name);
    if (function == MISSING) {
      function = tree.function(name.toStringUsingUTF8());
      functionsByName.put(name, function);
    }

    return function;
  }
}
