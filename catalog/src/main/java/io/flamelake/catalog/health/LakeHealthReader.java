/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.health;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.LakeTables;
import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.catalog.PartitionVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the health of the lake from metadata, and from three columns of the roll-ups; not from
 * profiles. Costs one look into each manifest and each file of {@code flame_1h} that is new.
 */
public final class LakeHealthReader {
  private final TableFiles profiles;
  private final List<TableFiles> otherTables;
  private final RollUpFiles rollUps;
  private final Duration closedAfter;

  /**
   * @param tables this reader's own, which nobody else refreshes
   * @param closedAfter how long after its end an hour is due to be rolled up
   */
  public LakeHealthReader(LakeTables tables, Duration closedAfter) {
    this.profiles = new TableFiles(tables.profiles());
    this.otherTables =
        List.of(
            new TableFiles(tables.stacks()),
            new TableFiles(tables.series()),
            new TableFiles(tables.flame1h()),
            new TableFiles(tables.flame1d()));
    this.rollUps = new RollUpFiles(tables.flame1h());
    this.closedAfter = requireNonNull(closedAfter, "closedAfter");
  }

  /** Reads the newest version of all tables. */
  public synchronized LakeHealth read(Instant now) {
    TreeMap<String, TableHealth> tables = new TreeMap<>();
    TableHealth ofProfiles = profiles.refresh();
    tables.put(ofProfiles.table(), ofProfiles);
    otherTables.forEach(
        table -> {
          TableHealth health = table.refresh();
          tables.put(health.table(), health);
        });
    rollUps.read();
    Unrolled unrolled = findUnrolled(now);
    return new LakeHealth(
        now,
        List.copyOf(tables.values()),
        unrolled.oldest,
        unrolled.count,
        byService(tables.values()));
  }

  /** The lane watermarks of the version that was read last. */
  public synchronized LaneWatermarks watermarks() {
    return profiles.watermarks();
  }

  private Unrolled findUnrolled(Instant now) {
    long hoursClosed = TimeUnit.SECONDS.toHours(now.minus(closedAfter).getEpochSecond());
    Map<Partition, PartitionVersion> covered = rollUps.coveredHours();
    Unrolled unrolled = Unrolled.NONE;
    for (Map.Entry<String, Map<Integer, PartitionFiles>> tenant : profiles.byTenant().entrySet()) {
      for (Map.Entry<Integer, PartitionFiles> hour : tenant.getValue().entrySet()) {
        PartitionVersion version = hour.getValue().version();
        Partition partition = new Partition(tenant.getKey(), hour.getKey());
        if (hour.getKey() < hoursClosed && !version.equals(covered.get(partition))) {
          unrolled = unrolled.plus(Instant.ofEpochSecond(TimeUnit.HOURS.toSeconds(hour.getKey())));
        }
      }
    }

    return unrolled;
  }

  private SortedMap<String, SortedMap<String, Long>> byService(Collection<TableHealth> tables) {
    SortedMap<String, Long> bytes = LakeHealth.bytesByTenant(tables);
    SortedMap<String, SortedMap<String, Long>> byService = new TreeMap<>();
    rollUps
        .samples()
        .forEach(
            (tenant, samples) -> {
              long total = samples.values().stream().mapToLong(Long::longValue).sum();
              double bytesPerSample = (double) bytes.getOrDefault(tenant, 0L) / Math.max(1, total);
              SortedMap<String, Long> services = new TreeMap<>();
              samples.forEach(
                  (service, count) -> services.put(service, Math.round(count * bytesPerSample)));
              byService.put(tenant, services);
            });
    return byService;
  }

  private record Unrolled(@Nullable Instant oldest, int count) {
    static final Unrolled NONE = new Unrolled(null, 0);

    Unrolled plus(Instant hour) {
      return new Unrolled(oldest == null || hour.isBefore(oldest) ? hour : oldest, count + 1);
    }
  }
}
