/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.symbols;

import io.flamelake.model.flamegraph.CallTreeBuilder;
import io.flamelake.model.normalize.StackTraces;
import io.flamelake.query.StackMatcher;
import io.flamelake.query.StackSelector;
import io.flamelake.query.StackSums;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2LongMap;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The function names of stacks of one tenant, service and day, as numbers in shared arrays. Stacks
 * are immutable, so this only grows: the first symbols given for an id stay.
 *
 * <p>Guarded by itself.
 */
public final class StackSymbols {
  private static final int MISSING = -1;
  private static final int BYTES_PER_STACK = 32;
  private static final int BYTES_PER_FUNCTION = 120;

  private final Long2IntOpenHashMap stackIndexes = new Long2IntOpenHashMap();
  private final Object2IntOpenHashMap<String> functionIds = new Object2IntOpenHashMap<>();
  private final Set<String> loadedFiles = new HashSet<>();
  private String[] functions = new String[64];
  private long functionChars;

  /** Stack {@code i} is the functions [starts[i], starts[i + 1]) of {@code frames}, root first. */
  private int[] starts = new int[64];

  private int[] frames = new int[1024];
  private int stackCount;

  StackSymbols() {
    stackIndexes.defaultReturnValue(MISSING);
    functionIds.defaultReturnValue(MISSING);
  }

  /** Stacks as an engine reads them, to be added all at once; immutable then. */
  public static final class Block {
    private long[] ids = new long[256];
    private int[] starts = new int[257];
    private int[] frames = new int[4096];
    private int stackCount;
    private List<String> functions = List.of();

    /** Begins a stack and returns where its frames go. */
    public int begin(long id, int depth) {
      if (stackCount == ids.length) {
        this.ids = Arrays.copyOf(ids, 2 * stackCount);
        this.starts = Arrays.copyOf(starts, 2 * stackCount + 1);
      }

      int start = starts[stackCount];
      if (frames.length - start < depth) {
        this.frames = Arrays.copyOf(frames, Math.addExact(start + depth, frames.length));
      }

      ids[stackCount++] = id;
      starts[stackCount] = start + depth;
      return start;
    }

    /** Indexes of {@link #setFunctions functions}; another array after each new stack. */
    public int[] frames() {
      return frames;
    }

    public void setFunctions(List<String> functions) {
      this.functions = functions;
    }
  }

  /** Adds to {@code missing} the ids of the group that no stack is known for. */
  synchronized void findMissing(StackSums.Group group, LongOpenHashSet missing) {
    for (long id : group.sums().keySet()) {
      if (!stackIndexes.containsKey(id)) {
        missing.add(id);
      }
    }
  }

  /** Whether all stacks of a file were added. */
  public synchronized boolean isLoaded(String file) {
    return loadedFiles.contains(file);
  }

  /** Adds all stacks of a file, given as the blocks of its row groups. */
  public synchronized void addFile(String file, List<Block> blocks) {
    blocks.forEach(this::add);
    loadedFiles.add(file);
  }

  /** Adds stacks; those that are known already stay as they are. */
  public synchronized void add(Block block) {
    int[] ids = new int[block.functions.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = function(block.functions.get(i));
    }

    for (int stack = 0; stack < block.stackCount; stack++) {
      int start = block.starts[stack];
      int depth = block.starts[stack + 1] - start;
      int to = begin(block.ids[stack], depth);
      for (int i = 0; to >= 0 && i < depth; i++) {
        frames[to + i] = ids[block.frames[start + i]];
      }
    }
  }

  /** Adds those stacks of a pprof that are among the missing ids. */
  synchronized void addMissing(StackTraces stacks, LongOpenHashSet missing) {
    int[] ids = new int[stacks.functionCount()];
    Arrays.fill(ids, MISSING);
    for (int stack = 0; stack < stacks.size(); stack++) {
      if (!missing.remove(stacks.id(stack))) {
        continue;
      }

      int depth = stacks.depth(stack);
      int to = begin(stacks.id(stack), depth);
      for (int i = 0; to >= 0 && i < depth; i++) {
        int function = stacks.functionIndex(stack, i);
        if (ids[function] < 0) {
          ids[function] = function(stacks.functionName(function));
        }

        frames[to + i] = ids[function];
      }
    }
  }

  /** Makes room for a stack; -1 if it is known already. */
  private int begin(long id, int depth) {
    if (stackIndexes.putIfAbsent(id, stackCount) != MISSING) {
      return MISSING;
    }

    if (stackCount + 1 == starts.length) {
      this.starts = Arrays.copyOf(starts, 2 * starts.length);
    }

    int start = starts[stackCount];
    if (frames.length - start < depth) {
      this.frames = Arrays.copyOf(frames, Math.addExact(start + depth, frames.length));
    }

    starts[++stackCount] = start + depth;
    return start;
  }

  private int function(String name) {
    int id = functionIds.getInt(name);
    if (id == MISSING) {
      id = functionIds.size();
      if (id == functions.length) {
        this.functions = Arrays.copyOf(functions, 2 * id);
      }

      functions[id] = name;
      functionIds.put(name, id);
      this.functionChars += name.length();
    }

    return id;
  }

  /**
   * Adds the group's stacks to a tree, in the order in which they were loaded: the table holds them
   * in order of their functions, which is the order that trees are built fastest from.
   *
   * @return the number of stacks that are not known
   */
  synchronized int addTo(CallTreeBuilder tree, StackSums.Group group) {
    long[] values = new long[stackCount];
    int unknown = 0;
    long unknownValue = 0;
    for (Long2LongMap.Entry sum : group.sums().long2LongEntrySet()) {
      int stack = stackIndexes.get(sum.getLongKey());
      if (stack >= 0) {
        values[stack] = sum.getLongValue();
      } else if (sum.getLongValue() > 0) {
        unknown++;
        unknownValue += sum.getLongValue();
      }
    }

    int[] treeFunctions = new int[functionIds.size()];
    if (tree.hasNoFunctions()) {
      // The only service of most queries: its numbers serve the tree as they are.
      tree.firstFunctions(functions, treeFunctions.length);
      Arrays.setAll(treeFunctions, function -> function);
    } else {
      Arrays.fill(treeFunctions, MISSING);
    }

    int[] path = new int[128];
    for (int stack = 0; stack < stackCount; stack++) {
      if (values[stack] <= 0) {
        continue;
      }

      int start = starts[stack];
      int depth = starts[stack + 1] - start;
      if (path.length < depth) {
        path = new int[2 * depth];
      }

      for (int i = 0; i < depth; i++) {
        int function = frames[start + i];
        int treeFunction = treeFunctions[function];
        if (treeFunction < 0) {
          treeFunction = tree.function(functions[function]);
          treeFunctions[function] = treeFunction;
        }

        path[i] = treeFunction;
      }

      tree.add(path, 0, depth, values[stack]);
    }

    if (unknown > 0) {
      tree.add(List.of(StackSums.UNKNOWN_STACK), unknownValue);
    }

    return unknown;
  }

  /** The group's stacks that a selector selects; those that are not known are not among them. */
  synchronized LongOpenHashSet select(StackSelector selector, StackSums.Group group) {
    StackMatcher matcher =
        new StackMatcher(selector, functionIds.size(), function -> functions[function]);
    LongOpenHashSet selected = new LongOpenHashSet();
    for (long id : group.sums().keySet()) {
      int stack = stackIndexes.get(id);
      if (stack < 0) {
        continue;
      }

      int start = starts[stack];
      if (matcher.selects(starts[stack + 1] - start, frame -> frames[start + frame])) {
        selected.add(id);
      }
    }

    return selected;
  }

  synchronized long weight() {
    return (long) BYTES_PER_STACK * stackCount
        + (long) Integer.BYTES * (starts.length + frames.length)
        + (long) BYTES_PER_FUNCTION * functionIds.size()
        + functionChars
        + (long) BYTES_PER_FUNCTION * loadedFiles.size();
  }
}
