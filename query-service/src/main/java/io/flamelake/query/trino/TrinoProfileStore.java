/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.LakeTables;
import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.catalog.ProfilesTable;
import io.flamelake.catalog.SeriesTable;
import io.flamelake.catalog.StacksTable;
import io.flamelake.model.TenantId;
import io.flamelake.query.ProfileSnapshot;
import io.flamelake.query.ProfileStore;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.QueryReads;
import io.flamelake.query.symbols.StackResolver;
import io.flamelake.query.symbols.StackSymbolCache;
import io.flamelake.query.table.CurrentMetadata;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Answers queries by asking Trino. Which version of the tables is asked for is decided here, from
 * the catalog, since an answer has to begin where the hot tail ends; Trino reads the same tables
 * through a catalog of its own.
 */
public final class TrinoProfileStore implements ProfileStore {
  private final LakeTables tables;
  private final TrinoClient client;
  private final StackSymbolCache stackSymbols;
  private final SeriesIndex seriesIndex;

  /**
   * Does not connect; {@link #check()} does.
   *
   * @param tables stay the caller's to close
   */
  public TrinoProfileStore(LakeTables tables, TrinoConfig config, MeterRegistry meters) {
    this.tables = requireNonNull(tables, "tables");
    this.client = new TrinoClient(config);
    this.stackSymbols = new StackSymbolCache(config.stackCacheBytes(), meters);
    this.seriesIndex = new SeriesIndex(client, config.seriesCacheBytes());
  }

  @Override
  public ProfileSnapshot pin(QueryReads reads) {
    reads.setEngine("trino");
    TableMetadata metadata = CurrentMetadata.load(tables.profiles());
    return new TrinoSnapshot(
        client,
        snapshotId(metadata),
        LaneWatermarks.ofProperties(metadata.properties()),
        new StackResolver(
            stackSymbols, () -> new TrinoStacks(client, newestSnapshotId(tables.stacks()))),
        new PinnedSeries(seriesIndex, () -> newestSnapshotId(tables.series())));
  }

  /**
   * Of {@code stacks} and {@code series} any version that is read after the one of {@code profiles}
   * will do: they are committed before it and only grow.
   */
  private static @Nullable Long newestSnapshotId(Table table) {
    return snapshotId(CurrentMetadata.load(table));
  }

  private static @Nullable Long snapshotId(TableMetadata metadata) {
    Snapshot snapshot = metadata.currentSnapshot();
    return snapshot == null ? null : snapshot.snapshotId();
  }

  /** Asks Trino for the tables, in the versions that the catalog has: it may read another one. */
  @Override
  public void check() {
    Sql sql = new Sql();
    appendCheck(sql, ProfilesTable.NAME, tables.profiles());
    appendCheck(sql.append(" UNION ALL "), StacksTable.NAME, tables.stacks());
    appendCheck(sql.append(" UNION ALL "), SeriesTable.NAME, tables.series());
    client.forEachRow(
        TenantId.ANONYMOUS, "find the tables", sql, new QueryCancellation(), row -> {});
  }

  private static void appendCheck(Sql sql, String name, Table table) {
    Long snapshotId = newestSnapshotId(table);
    sql.append("SELECT tenant FROM ");
    if (snapshotId == null) {
      sql.append(name);
    } else {
      sql.version(name, snapshotId);
    }

    sql.append(" WHERE false");
  }

  @Override
  public void close() {
    client.close();
  }
}
