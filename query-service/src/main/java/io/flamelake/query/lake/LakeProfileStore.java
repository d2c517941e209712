/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.catalog.LakeTables;
import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.query.ProfileSnapshot;
import io.flamelake.query.ProfileStore;
import io.flamelake.query.QueryReads;
import io.flamelake.query.cache.WeightedCache;
import io.flamelake.query.symbols.StackSymbolCache;
import io.flamelake.query.table.CurrentMetadata;
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
   * after the one of {@code profiles} will do: they are committed before it and only grow.
   */
  private PinnedTable pin(Table table) {
    return new PinnedTable(
        table.name(),
        CurrentMetadata.operations(table).io(),
        CurrentMetadata.load(table),
        manifests);
  }

  StackTable pinStacks() {
    return new StackTable(pin(tables.stacks()), files, executor);
  }

  SeriesRows pinSeries() {
    return new SeriesRows(pin(tables.series()), files, executor, seriesRows);
  }

  StackSymbolCache stackSymbols() {
    return stackSymbols;
  }

  ScanExecutor executor() {
    return executor;
  }

  ParquetFiles files() {
    return files;
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
