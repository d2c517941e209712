/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.symbols;

import io.flamelake.model.flamegraph.CallTreeBuilder;
import io.flamelake.model.normalize.StackTraces;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.StackSelector;
import io.flamelake.query.StackSums;
import io.flamelake.query.StackVisitor;
import it.unimi.dsi.fastutil.longs.Long2LongMap;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the stacks of one snapshot's sums: from the cache, from rows of the hot tail that bring
 * their symbols along, and from table {@code stacks}, in this order. Used by one thread.
 */
public final class StackResolver {
  private final StackSymbolCache cache;
  private final Supplier<? extends StackSource> pin;
  private @Nullable StackSource source;

  /**
   * @param pin pins table {@code stacks}; called at most once, when something has to be read of it
   */
  public StackResolver(StackSymbolCache cache, Supplier<? extends StackSource> pin) {
    this.cache = cache;
    this.pin = pin;
  }

  /** Adds the sums by function name; stacks that nobody knows are one frame. */
  public void addTo(CallTreeBuilder tree, StackSums sums, QueryCancellation cancellation) {
    for (StackSums.Group group : sums.groups()) {
      cancellation.check();
      int unknown = resolve(group, cancellation).addTo(tree, group);
      cache.countUnknownStacks(unknown);
    }
  }

  /** The group's stacks that a selector selects; stacks that nobody knows are not among them. */
  public LongOpenHashSet select(
      StackSelector selector, StackSums.Group group, QueryCancellation cancellation) {
    cancellation.check();
    return resolve(group, cancellation).select(selector, group);
  }

  /** The stacks of all groups that a selector selects. */
  public SelectedStacks select(
      StackSelector selector, StackSums sums, QueryCancellation cancellation) {
    Map<StackSums.Key, LongOpenHashSet> selected = new HashMap<>();
    for (StackSums.Group group : sums.groups()) {
      selected.put(group.key(), select(selector, group, cancellation));
    }

    return new SelectedStacks(selected);
  }

  /** The symbols of the group's stacks, as far as there are any. */
  private StackSymbols resolve(StackSums.Group group, QueryCancellation cancellation) {
    StackSymbols symbols = cache.symbols(group.key());
    LongOpenHashSet missing = new LongOpenHashSet();
    symbols.findMissing(group, missing);
    if (missing.isEmpty()) {
      return symbols;
    }

    for (StackTraces traces : group.symbols()) {
      symbols.addMissing(traces, missing);
    }

    if (!missing.isEmpty()) {
      source().load(group.key(), missing, symbols, cancellation);
    }

    cache.reweigh(group.key());
    return symbols;
  }

  private StackSource source() {
    StackSource pinned = source;
    if (pinned == null) {
      pinned = pin.get();
      this.source = pinned;
    }

    return pinned;
  }

  /** Visits each stack of the sums that has a value, with lines, files and mappings. */
  public void forEachStack(StackSums sums, StackVisitor visitor, QueryCancellation cancellation) {
    for (StackSums.Group group : sums.groups()) {
      cancellation.check();
      LongOpenHashSet wanted = new LongOpenHashSet();
      for (Long2LongMap.Entry sum : group.sums().long2LongEntrySet()) {
        if (sum.getLongValue() > 0) {
          wanted.add(sum.getLongKey());
        }
      }

      if (!wanted.isEmpty()) {
        visit(group, wanted, visitor, cancellation);
      }
    }
  }

  private void visit(
      StackSums.Group group,
      LongOpenHashSet wanted,
      StackVisitor visitor,
      QueryCancellation cancellation) {
    for (StackTraces traces : group.symbols()) {
      for (int stack = 0; stack < traces.size(); stack++) {
        if (wanted.remove(traces.id(stack))) {
          visitor.visit(new TailStack(traces, stack), group.sums().get(traces.id(stack)));
        }
      }
    }

    if (!wanted.isEmpty()) {
      source()
          .forEach(
              group.key(),
              wanted,
              stack -> visitor.visit(stack, group.sums().get(stack.id())),
              cancellation);
    }

    long unknown = 0;
    for (long stackId : wanted) {
      unknown += group.sums().get(stackId);
    }

    if (!wanted.isEmpty()) {
      cache.countUnknownStacks(wanted.size());
      visitor.visit(TableStack.UNKNOWN, unknown);
    }
  }
}
