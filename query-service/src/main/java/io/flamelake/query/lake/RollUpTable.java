/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.model.TenantId;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.RollUpPeriod;
import io.flamelake.query.TimeRange;
import io.flamelake.query.cache.WeightedCache;
import io.flamelake.query.table.CoveredVersions;
import io.flamelake.query.table.PinnedTable;
import io.flamelake.query.table.TenantFilter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.iceberg.DataFile;
import org.jspecify.annotations.Nullable;

/** The roll-ups of one tenant and range in one version of {@code flame_1h} or {@code flame_1d}. */
final class RollUpTable {
  private final PinnedTable table;
  private final RollUpPeriod period;
  private final List<Part> parts;

  /** What one data file holds. */
  private record Part(DataFile dataFile, RollUpFile file) {}

  /**
   * Where one roll-up stands. Two are equal if they are the same row of the same file, and so the
   * same tree, for ever.
   *
   * @param number of the period
   */
  record Row(String location, long number, int rowGroup, int row) {}

  private record FileTask(DataFile dataFile, int index) {
    @Override
    public String toString() {
      return dataFile.location();
    }
  }

  private RollUpTable(PinnedTable table, RollUpPeriod period, List<Part> parts) {
    this.table = table;
    this.period = period;
    this.parts = parts;
  }

  /**
   * Reads the keys of the rows, those of files seen before from the cache.
   *
   * @param cache by location
   */
  static RollUpTable load(
      PinnedTable table,
      RollUpPeriod period,
      TenantId tenant,
      TimeRange range,
      ParquetFiles files,
      ScanExecutor executor,
      WeightedCache<String, RollUpFile> cache,
      QueryCancellation cancellation) {
    List<DataFile> dataFiles = table.plan(TenantFilter.of(tenant, range));
    List<FileTask> tasks =
        IntStream.range(0, dataFiles.size())
            .mapToObj(i -> new FileTask(dataFiles.get(i), i))
            .toList();
    @Nullable Part[] parts = new Part[tasks.size()];
    executor.run(
        tasks,
        ScanWorker::new,
        (task, worker) -> {
          String location = task.dataFile.location();
          RollUpFile file = cache.find(location);
          if (file == null) {
            file =
                cache.add(
                    location,
                    RollUpFile.read(table, period, task.dataFile, files, worker.buffer()));
          }

          parts[task.index] = new Part(task.dataFile, file);
        },
        cancellation);
    List<Part> loaded = new ArrayList<>();
    for (Part part : parts) {
      if (part != null) {
        loaded.add(part);
      }
    }

    return new RollUpTable(table, period, loaded);
  }

  PinnedTable table() {
    return table;
  }

  RollUpPeriod period() {
    return period;
  }

  /** What the tenant's roll-ups say that they cover, by the number of the period. */
  CoveredVersions covered(TenantId tenant) {
    CoveredVersions covered = new CoveredVersions();
    for (Part part : parts) {
      for (RollUpFile.Key key : part.file.keys()) {
        if (key.tenant().equals(tenant.value())) {
          covered.add(key.number(), key.covered());
        }
      }
    }

    return covered;
  }

  /** The rows that hold the trees of a query's services and type in some periods. */
  List<Row> rows(ProfileQuery query, Collection<Long> numbers) {
    Set<Long> wanted = new HashSet<>(numbers);
    Map<String, Boolean> services = new HashMap<>();
    List<Row> rows = new ArrayList<>();
    for (Part part : parts) {
      for (RollUpFile.Key key : part.file.keys()) {
        if (wanted.contains(key.number())
            && key.tenant().equals(query.tenant().value())
            && key.profileType().equals(query.type().id())
            && services.computeIfAbsent(key.serviceName(), query::selectsService)) {
          rows.add(new Row(part.dataFile.location(), key.number(), key.rowGroup(), key.row()));
        }
      }
    }

    return rows;
  }

  DataFile dataFile(String location) {
    for (Part part : parts) {
      if (part.dataFile.location().equals(location)) {
        return part.dataFile;
      }
    }

    throw new IllegalArgumentException("Not a file of this version: " + location);
  }
}
