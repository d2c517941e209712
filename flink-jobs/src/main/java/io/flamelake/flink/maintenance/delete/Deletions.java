/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.LakeTables;
import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.catalog.ProfilesTable;
import io.flamelake.flink.maintenance.MaintenanceConfig;
import io.flamelake.flink.sink.ProfileTableRow;
import io.flamelake.flink.sink.ProfilesLayout;
import io.flamelake.model.ProfileType;
import io.flamelake.model.Selector;
import io.flamelake.model.TenantId;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.Ulid;
import io.flamelake.segment.store.ObjectStore;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * Takes requests to delete, and says what they would remove. Maintenance carries them out.
 *
 * <p>Thread-safe.
 */
public final class Deletions {
  private static final Set<String> ESTIMATE_COLUMNS = estimateColumns();
  private static final int MAX_ESTIMATES = 3;

  private final LakeCatalog catalog;
  private final ObjectStore store;
  private final DeletionStore requests;
  private final MaintenanceConfig config;
  private final Clock clock;

  /**
   * @param config says when a request is expected to be done
   */
  public Deletions(LakeCatalog catalog, ObjectStore store, MaintenanceConfig config, Clock clock) {
    this.catalog = requireNonNull(catalog, "catalog");
    this.store = requireNonNull(store, "store");
    this.requests = new DeletionStore(store);
    this.config = requireNonNull(config, "config");
    this.clock = requireNonNull(clock, "clock");
  }

  /**
   * What somebody wants to have deleted.
   *
   * @param selector without conditions: everything of the tenant in the range
   * @param profileType null for all types
   * @param from inclusive; null for the begin of time
   * @param to exclusive; null for now
   */
  public record Target(
      TenantId tenant,
      Selector selector,
      @Nullable ProfileType profileType,
      @Nullable Instant from,
      @Nullable Instant to) {

    public Target {
      requireNonNull(tenant, "tenant");
      requireNonNull(selector, "selector");
    }

    private RowCondition condition(Instant now) {
      Instant end = to == null || to.isAfter(now) ? now : to;
      Instant start = from == null ? Instant.EPOCH : from;
      if (!start.isBefore(end)) {
        throw new IllegalArgumentException(
            "from: " + start + " (expected: before " + end + ", the end of the range)");
      }

      return new RowCondition(
          selector, profileType == null ? null : profileType.id(), micros(start), micros(end));
    }

    private static long micros(Instant time) {
      return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }
  }

  /**
   * Counts what a request would remove, and removes nothing.
   *
   * @throws IllegalArgumentException if the range is none
   */
  public DeletionEstimate estimate(Target target) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return estimateOnce(target);
      } catch (NotFoundException e) {
        // A file of this version was replaced and removed; the newest version has another.
        if (attempt == MAX_ESTIMATES) {
          throw e;
        }
      }
    }
  }

  private DeletionEstimate estimateOnce(Target target) throws IOException {
    RowCondition condition = target.condition(clock.instant());
    LakeTables tables = catalog.tables();
    Table profiles = tables.profiles();
    Estimate estimate = new Estimate(new TableRows<>(profiles, new ProfilesLayout()), condition);
    for (List<FileScanTask> hour :
        PartitionFiles.byPeriod(profiles, condition.toFileFilter(target.tenant().value()))
            .values()) {
      estimate.addHour(hour);
    }

    return estimate.toEstimate(uncommittedSegments(LaneWatermarks.of(profiles)));
  }

  /**
   * Takes a request. What was pushed before this returns is deleted; what is pushed later, and lies
   * in the range all the same, may stay.
   *
   * @throws IllegalArgumentException if the range is none
   */
  public DeletionRequest accept(Target target) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    RowCondition condition = target.condition(now);
    LaneWatermarks watermarks = LaneWatermarks.of(catalog.tables().profiles());
    DeletionRequest request =
        new DeletionRequest(
            Ulid.of(now.toEpochMilli()),
            target.tenant(),
            condition.selector().toString(),
            condition.profileType(),
            condition.fromMicros(),
            condition.toMicros(),
            now,
            LaneEnds.of(new SegmentLog(store), watermarks),
            DeletionProgress.accepted(DeletionSchedule.done(config, now)));
    requests.create(request);
    return request;
  }

  /** Returns the tenant's requests, the oldest first. */
  public List<DeletionRequest> list(TenantId tenant) {
    return requests.list(tenant);
  }

  /** Returns a request of the tenant, or null if it has none of the id. */
  public @Nullable DeletionRequest find(TenantId tenant, String id) {
    return requests.find(tenant, id);
  }

  private long uncommittedSegments(LaneWatermarks watermarks) {
    SegmentLog log = new SegmentLog(store);
    long segments = 0;
    for (LaneId lane : log.lanes()) {
      segments += log.segmentsAfter(lane, watermarks.sequence(lane.value())).size();
    }

    return segments;
  }

  private static Set<String> estimateColumns() {
    Set<String> columns = new TreeSet<>(ProfileTrim.CONDITION_COLUMNS);
    columns.add(ProfilesTable.PROFILE_ID);
    return columns;
  }

  /** Counts hour by hour: the rows of a profile have the same time. */
  private static final class Estimate {
    private final TableRows<ProfileTableRow> rows;
    private final RowCondition condition;
    private final SeriesMatches series;
    private final SortedMap<String, DeletionEstimate.OfService> services = new TreeMap<>();
    private long rowCount;
    private double bytes;
    private int hours;

    Estimate(TableRows<ProfileTableRow> rows, RowCondition condition) {
      this.rows = rows;
      this.condition = condition;
      this.series = new SeriesMatches(condition);
    }

    void addHour(List<FileScanTask> files) throws IOException {
      Map<String, Set<UUID>> profiles = new TreeMap<>();
      Map<String, Long> rowsOfServices = new TreeMap<>();
      long before = rowCount;
      for (FileScanTask file : files) {
        long beforeFile = rowCount;
        rows.forEach(
            file,
            ESTIMATE_COLUMNS,
            row -> {
              if (condition.isInRange(row.timeMicros()) && series.matches(row)) {
                rowCount++;
                rowsOfServices.merge(row.serviceName(), 1L, Long::sum);
                profiles
                    .computeIfAbsent(row.serviceName(), any -> new HashSet<>())
                    .add(row.profileId());
              }
            });
        double share = (double) (rowCount - beforeFile) / file.file().recordCount();
        bytes += share * file.file().fileSizeInBytes();
      }

      hours += rowCount > before ? 1 : 0;
      rowsOfServices.forEach(
          (service, count) ->
              services.merge(
                  service,
                  new DeletionEstimate.OfService(
                      count, profiles.getOrDefault(service, Set.of()).size()),
                  (a, b) ->
                      new DeletionEstimate.OfService(
                          a.rows() + b.rows(), a.profiles() + b.profiles())));
    }

    DeletionEstimate toEstimate(long uncommittedSegments) {
      return new DeletionEstimate(
          rowCount, Math.round(bytes), hours, services, uncommittedSegments);
    }
  }
}
