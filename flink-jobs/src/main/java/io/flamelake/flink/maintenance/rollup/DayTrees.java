/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import io.flamelake.catalog.PartitionVersion;
import io.flamelake.flink.maintenance.rollup.RowFiles.RowConsumer;
import io.flamelake.flink.sink.FlameTableRow;
import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.model.flamegraph.CallTreeBuilder;
import io.flamelake.model.flamegraph.PreorderTree;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Merges the trees of a day's hours: as many at a time as fit into memory, in order of service and
 * type, reading the hours' files again for the others.
 */
final class DayTrees {

  /** What a node of a growing tree takes, with its entry in a hash map that is half full. */
  private static final long BYTES_PER_NODE = 128;

  private final RowFiles<FlameTableRow> hours;
  private final List<FlameFile> files;
  private final long maxNodes;

  DayTrees(RowFiles<FlameTableRow> hours, List<FlameFile> files, long maxBytes) {
    this.hours = hours;
    this.files = files;
    this.maxNodes = maxBytes / BYTES_PER_NODE;
  }

  /**
   * Hands out the rows of the day.
   *
   * @return whether all trees could be made
   */
  boolean make(String tenant, int day, PartitionVersion version, RowConsumer<FlameTableRow> rows)
      throws Exception {
    Key from = null;
    do {
      Batch batch = new Batch(from);
      for (FlameFile file : files) {
        hours.forEach(file.file(), batch::add);
      }

      if (batch.nodeCount > maxNodes) {
        return false;
      }

      for (Map.Entry<Key, Growing> tree : batch.trees.entrySet()) {
        rows.accept(tree.getValue().row(tenant, day, tree.getKey(), version));
      }

      from = batch.end;
    } while (from != null);
    return true;
  }

  private record Key(String serviceName, String profileType) implements Comparable<Key> {

    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::serviceName).thenComparing(Key::profileType);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  private final class Batch {

    private final @Nullable Key from;
    private final TreeMap<Key, Growing> trees = new TreeMap<>();
    private @Nullable Key end;
    private long nodeCount;

    private Batch(@Nullable Key from) {
      this.from = from;
    }

    private void add(FlameTableRow row) {
      Key key = new Key(row.serviceName(), row.profileType());
      if ((from != null && key.compareTo(from) < 0) || (end != null && key.compareTo(end) >= 0)) {
        return;
      }

      Growing tree = trees.computeIfAbsent(key, any -> new Growing());
      nodeCount -= tree.builder.nodeCount();
      tree.add(row);
      nodeCount += tree.builder.nodeCount();
      while (nodeCount > maxNodes && trees.size() > 1) {
        Map.Entry<Key, Growing> last = trees.pollLastEntry();
        nodeCount -= last.getValue().builder.nodeCount();
        end = last.getKey();
      }
    }
  }

  private static final class Growing {

    private final CallTreeBuilder builder = CallTree.builder();
    private long profiles;
    private long samples;

    private void add(FlameTableRow row) {
      builder.merge(row.tree().toCallTree());
      profiles += row.profiles();
      samples += row.samples();
    }

    private FlameTableRow row(String tenant, int day, Key key, PartitionVersion version) {
      return new FlameTableRow(
          tenant,
          key.profileType,
          key.serviceName,
          FlamePeriod.DAY.startMicros(day),
          profiles,
          samples,
          PreorderTree.of(builder.build()),
          version);
    }
  }
}
