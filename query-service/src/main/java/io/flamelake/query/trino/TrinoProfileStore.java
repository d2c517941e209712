/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.FlameTable;
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
import io.flamelake.query.RollUpPeriod;
import io.flamelake.query.RollUps;
import io.flamelake.query.TimeRange;
import io.flamelake.query.cache.WeightedCache;
import io.flamelake.query.symbols.StackResolver;
import io.flamelake.query.symbols.StackSymbolCache;
import io.flamelake.query.table.CurrentMetadata;
import io.flamelake.query.table.HourVersions;
import io.flamelake.query.table.PinnedTable;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
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
  /** Of parsed manifests, which tell what the hours of {@code profiles} hold. */
  private static final long MANIFEST_CACHE_BYTES = 32 << 20;

  /** Estimate of what Iceberg keeps of a data file, with the bounds of five columns. */
  private static final int BYTES_PER_DATA_FILE = 2_048;

  private final LakeTables tables;
  private final TrinoClient client;
  private final StackSymbolCache stackSymbols;
  private final SeriesIndex seriesIndex;
  private final WeightedCache<String, List<DataFile>> manifests =
      new WeightedCache<>(
          MANIFEST_CACHE_BYTES, list -> (long) BYTES_PER_DATA_FILE * (list.size() + 1));

  /**
   * Does not connect; {@link #check()} does.
   *
   * @param tables stay the caller's to close
   */
  public TrinoProfileStore(LakeTables tables, TrinoConfig config, MeterRegistry meters) {
    this.tables = requireNonNull(tables, "tables");
    this.client = new TrinoClient(config);
    this.stackSymbols = new StackSymbolCache(config.stackCacheBytes(), meters);
    this.seriesIndex = new SeriesIndex(config.seriesCacheBytes());
  }

  @Override
  public ProfileSnapshot pin(QueryReads reads) {
    reads.setEngine("trino");
    TableMetadata metadata = CurrentMetadata.load(tables.profiles());
    TrinoStatements statements = new TrinoStatements(client, reads);
    return new TrinoSnapshot(
        statements,
        snapshotId(metadata),
        LaneWatermarks.ofProperties(metadata.properties()),
        new StackResolver(
            stackSymbols, () -> new TrinoStacks(statements, newestSnapshotId(tables.stacks()))),
        new PinnedSeries(seriesIndex, statements, () -> newestSnapshotId(tables.series())),
        (tenant, range, cancellation) ->
            loadRollUps(metadata, statements, tenant, range, cancellation));
  }

  /**
   * Which version of the roll-ups is read does not matter, as long as it is read after that of
   * {@code profiles}: they say themselves what they cover.
   */
  private RollUps loadRollUps(
      TableMetadata profiles,
      TrinoStatements statements,
      TenantId tenant,
      TimeRange range,
      QueryCancellation cancellation) {
    Map<RollUpPeriod, RollUpSql> rollUps = new EnumMap<>(RollUpPeriod.class);
    for (RollUpPeriod period : RollUpPeriod.values()) {
      Long snapshotId =
          newestSnapshotId(period == RollUpPeriod.HOUR ? tables.flame1h() : tables.flame1d());
      if (snapshotId != null) {
        rollUps.put(period, new RollUpSql(period, snapshotId));
      }
    }

    if (rollUps.isEmpty()) {
      return RollUps.NONE;
    }

    PinnedTable pinned =
        new PinnedTable(ProfilesTable.NAME, tables.profiles().io(), profiles, manifests);
    HourVersions hours = HourVersions.find(pinned, tenant, range);
    return hours == null
        ? RollUps.NONE
        : TrinoRollUps.load(hours, rollUps, statements, tenant, range, cancellation);
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
    appendCheck(sql.append(" UNION ALL "), FlameTable.HOURLY, tables.flame1h());
    appendCheck(sql.append(" UNION ALL "), FlameTable.DAILY, tables.flame1d());
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
