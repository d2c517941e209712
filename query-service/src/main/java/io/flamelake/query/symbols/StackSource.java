/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.symbols;

import io.flamelake.query.QueryCancellation;
import io.flamelake.query.StackSums;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import it.unimi.dsi.fastutil.longs.LongSet;
import java.util.function.Consumer;

/** One version of table {@code stacks}, as an engine reads it. Used by one thread. */
public interface StackSource {

  /**
   * Adds the functions of stacks of one tenant, service and day: at least of those that are missing
   * and in the table, in the order of the table where that is cheap. Rows of stacks that are known
   * already do no harm.
   *
   * @param missing stacks that {@code symbols} does not know; not to be changed
   * @throws io.flamelake.query.ProfileStoreException if the table cannot be read completely
   */
  void load(
      StackSums.Key key, LongSet missing, StackSymbols symbols, QueryCancellation cancellation);

  /**
   * Reads stacks of one tenant, service and day with all that is known of their frames. Takes each
   * id that it finds out of the wanted ones, so that a row that stands in the table twice counts
   * once.
   *
   * @throws io.flamelake.query.ProfileStoreException if the table cannot be read completely
   */
  void forEach(
      StackSums.Key key,
      LongOpenHashSet wanted,
      Consumer<TableStack> consumer,
      QueryCancellation cancellation);
}
