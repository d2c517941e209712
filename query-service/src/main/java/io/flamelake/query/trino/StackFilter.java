/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import io.flamelake.query.QueryTooLargeException;
import io.flamelake.query.StackSums;
import it.unimi.dsi.fastutil.longs.LongCollection;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import org.jspecify.annotations.Nullable;

/**
 * Some of the stacks of one service and day, said by those that are wanted or by those that are
 * not, whichever are fewer.
 */
final class StackFilter {
  private final LongCollection ids;
  private final boolean areWanted;

  private StackFilter(LongCollection ids, boolean areWanted) {
    this.ids = ids;
    this.areWanted = areWanted;
  }

  /**
   * A filter for a group's stacks; null if they are all wanted.
   *
   * @throws QueryTooLargeException if no statement is long enough for it
   */
  static @Nullable StackFilter of(StackSums.Group group, LongOpenHashSet wanted) {
    int unwantedCount = group.sums().size() - wanted.size();
    if (unwantedCount == 0) {
      return null;
    }

    if (Math.min(wanted.size(), unwantedCount) > Sql.MAX_IDS) {
      throw new QueryTooLargeException(
          "Query selects "
              + wanted.size()
              + " of "
              + group.sums().size()
              + " stacks of a service, which Trino cannot be told, narrow the time range");
    }

    if (wanted.size() <= unwantedCount) {
      return new StackFilter(wanted, true);
    }

    LongOpenHashSet unwanted = new LongOpenHashSet(group.sums().keySet());
    unwanted.removeAll(wanted);
    return new StackFilter(unwanted, false);
  }

  void appendTo(Sql sql, String column) {
    if (areWanted) {
      sql.andIdIn(column, ids);
    } else {
      sql.andIdNotIn(column, ids);
    }
  }
}
