/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.symbols;

import io.flamelake.model.TenantId;
import io.flamelake.query.StackSums;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** The stacks that the conditions of a query select, by the scope of their ids. */
public final class SelectedStacks {
  /** For queries without conditions on stacks. */
  public static final SelectedStacks ALL = new SelectedStacks(null);

  private final @Nullable Map<StackSums.Key, LongOpenHashSet> stacks;

  SelectedStacks(@Nullable Map<StackSums.Key, LongOpenHashSet> stacks) {
    this.stacks = stacks;
  }

  /** Tells the selected stacks of a service and day by their ids. */
  public LongPredicate of(TenantId tenant, String serviceName, long epochDay) {
    if (stacks == null) {
      return stackId -> true;
    }

    LongOpenHashSet selected = stacks.get(new StackSums.Key(tenant, serviceName, epochDay));
    return selected == null ? stackId -> false : selected::contains;
  }
}
