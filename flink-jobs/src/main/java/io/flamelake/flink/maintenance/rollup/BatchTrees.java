/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import io.flamelake.flink.maintenance.rollup.RowFiles.RowConsumer;
import io.flamelake.flink.sink.FlameTableRow;
import io.flamelake.flink.sink.StackTableRow;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The trees of one batch, which all grow while the stacks of the day pass by once. */
final class BatchTrees {

  private final Map<String, ServiceTrees> services = new TreeMap<>();
  private final SampleKey firstKey;
  private final long maxNodes;
  private long nodeCount;
  private String lastService = "";
  private @Nullable ServiceTrees lastTrees;

  /**
   * @param batch which is used up
   * @param maxNodes of all trees together, at most
   */
  BatchTrees(SampleBatch batch, long maxNodes) {
    this.maxNodes = maxNodes;
    this.firstKey = batch.totals().firstKey();
    batch
        .totals()
        .forEach(
            (key, totals) ->
                services.computeIfAbsent(key.serviceName(), ServiceTrees::new).begin(key, totals));
    lastTrees = services.get(lastService);
  }

  Set<String> serviceNames() {
    return services.keySet();
  }

  /** Adds a stack to the trees that have it; nothing any more once there are too many nodes. */
  void add(StackTableRow row) {
    if (!row.serviceName().equals(lastService)) {
      lastService = row.serviceName();
      lastTrees = services.get(lastService);
    }

    if (lastTrees != null && !isTooLarge()) {
      nodeCount += lastTrees.add(row.stackId(), row.functions());
    }
  }

  boolean isTooLarge() {
    return nodeCount > maxNodes;
  }

  /**
   * Hands the rows of all trees out.
   *
   * @throws UnmadeHoursException if there were too many nodes, or stacks that never passed by
   */
  void finish(ServiceTrees.RowMaker maker, RowConsumer<FlameTableRow> rows) throws Exception {
    if (isTooLarge()) {
      throw UnmadeHoursException.tooLarge(firstKey, "more than " + maxNodes + " nodes");
    }

    for (ServiceTrees trees : services.values()) {
      trees.finish(maker, rows);
    }
  }
}
