/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.catalog.LakeTables;
import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.model.TenantId;
import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.query.ProfileSnapshot;
import io.flamelake.query.ProfileStore;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.QueryReads;
import io.flamelake.query.RollUpCoverage;
import io.flamelake.query.RollUpPeriod;
import io.flamelake.query.RollUps;
import io.flamelake.query.TimeRange;
import io.flamelake.query.cache.WeightedCache;
import io.flamelake.query.symbols.StackSymbolCache;
import io.flamelake.query.table.CurrentMetadata;
import io.flamelake.query.table.HourVersions;
import io.flamelake.query.table.PinnedTable;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;

/**
 * Answers queries by scanning the tables in this process. What it read stays in bounded caches;
 * files never change, so that a query over data seen before does no I/O but looking for a newer
 * version of the tables.
 */
public final class LakeProfileStore implements ProfileStore {
  /** Estimate of what Iceberg keeps of a data file, with the bounds of five columns. */
  private static final int BYTES_PER_DATA_FILE = 2_048;

  private final LakeTables tables;
  private final ScanExecutor executor;
  private final ParquetFiles files;
  private final WeightedCache<String, List<DataFile>> manifests;
  private final StackSymbolCache stackSymbols;
  private final WeightedCache<String, SeriesRows.FileRows> seriesRows;
  private final SeriesLabels seriesLabels;
  private final WeightedCache<String, RollUpFile> rollUpKeys;
  private final WeightedCache<List<RollUpTable.Row>, CallTree> rollUpTrees;

  /**
   * @param tables stay the caller's to close
   */
  public LakeProfileStore(LakeTables tables, LakeConfig config, MeterRegistry meters) {
    this.tables = tables;
    this.executor = new ScanExecutor(config.parallelism());
    this.files = new ParquetFiles(config.footerCacheBytes(), config.chunkCacheBytes());
    this.manifests =
        new WeightedCache<>(
            config.manifestCacheBytes(), list -> (long) BYTES_PER_DATA_FILE * (list.size() + 1));
    this.seriesRows =
        new WeightedCache<>(config.seriesCacheBytes() / 2, SeriesRows.FileRows::weight);
    this.seriesLabels = new SeriesLabels(config.seriesCacheBytes() / 2);
    this.rollUpKeys = new WeightedCache<>(config.rollUpCacheBytes() / 8, RollUpFile::weight);
    this.rollUpTrees = RollUpTrees.newCache(config.rollUpCacheBytes() / 8 * 7);
    this.stackSymbols = new StackSymbolCache(config.stackCacheBytes(), meters);
  }

  @Override
  public ProfileSnapshot pin(QueryReads reads) {
    reads.setEngine("lake");
    PinnedTable profiles = pin(tables.profiles());
    LaneWatermarks watermarks = LaneWatermarks.ofProperties(profiles.properties());
    return new LakeSnapshot(this, profiles, watermarks, reads);
  }

  /**
   * Pins the table as it is now. Of {@code stacks} and {@code series} any version that is read
   * after the one of {@code profiles} will do: they are committed before it and only grow. Roll-ups
   * say themselves which version they belong to.
   */
  private PinnedTable pin(Table table) {
    return new PinnedTable(
        table.name(),
        CurrentMetadata.operations(table).io(),
        CurrentMetadata.load(table),
        manifests);
  }

  StackTable pinStacks(ParquetFiles counted) {
    return new StackTable(pin(tables.stacks()), counted, executor);
  }

  SeriesRows pinSeries(ParquetFiles counted) {
    return new SeriesRows(pin(tables.series()), counted, executor, seriesRows);
  }

  /** The roll-ups of one tenant, loaded with all that is needed to decide which ones count. */
  RollUps loadRollUps(
      PinnedTable profiles,
      TenantId tenant,
      TimeRange range,
      ParquetFiles counted,
      QueryReads reads,
      QueryCancellation cancellation) {
    HourVersions versions = HourVersions.find(profiles, tenant, range);
    if (versions == null) {
      return RollUps.NONE;
    }

    RollUpTable hours =
        RollUpTable.load(
            pin(tables.flame1h()),
            RollUpPeriod.HOUR,
            tenant,
            range,
            counted,
            executor,
            rollUpKeys,
            cancellation);
    RollUpTable days =
        RollUpTable.load(
            pin(tables.flame1d()),
            RollUpPeriod.DAY,
            tenant,
            range,
            counted,
            executor,
            rollUpKeys,
            cancellation);
    RollUpCoverage coverage = versions.coverage(hours.covered(tenant), days.covered(tenant));
    return new LakeRollUps(coverage, hours, days, counted, executor, rollUpTrees, reads);
  }

  StackSymbolCache stackSymbols() {
    return stackSymbols;
  }

  ScanExecutor executor() {
    return executor;
  }

  /** The data files, read on behalf of one query. */
  ParquetFiles files(QueryReads reads) {
    return files.countedBy(reads);
  }

  SeriesLabels seriesLabels() {
    return seriesLabels;
  }

  @Override
  public void check() {
    pin();
  }

  @Override
  public void close() {
    executor.close();
  }
}
