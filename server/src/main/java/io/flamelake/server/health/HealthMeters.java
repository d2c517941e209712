/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.health;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.health.LakeHealth;
import io.flamelake.catalog.health.TableHealth;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The health of lake and log as gauges; all are of the report that was read last. */
final class HealthMeters {
  private final MeterRegistry registry;
  private final List<TableMeter> tables = new ArrayList<>();
  private final MultiGauge tenantBytes;
  private final MultiGauge serviceBytes;

  HealthMeters(MeterRegistry registry, Supplier<@Nullable HealthReport> report) {
    this.registry = requireNonNull(registry, "registry");
    addTable("files", "Data files", TableHealth::files);
    addTable("small_files", "Files that compaction can still make fewer", TableHealth::smallFiles);
    addTable("bytes", "Size of the data files", TableHealth::bytes);
    addTable("rows", "Rows", TableHealth::rows);
    addTable("partitions", "Partitions that have files", TableHealth::partitions);
    addTable(
        "partition_files_max",
        "Files of the partition that has the most",
        TableHealth::mostFilesInPartition);
    addTable("manifests", "Manifests of the current snapshot", TableHealth::manifests);
    addTable("snapshots", "Snapshots that are kept", TableHealth::snapshots);
    addTable("metadata_bytes", "Size of metadata.json", TableHealth::metadataBytes);
    addTable(
        "last_commit_timestamp_seconds",
        "When the last commit was, in seconds since the epoch; 0 if there was none",
        table -> seconds(table.lastCommit()));
    this.tenantBytes =
        MultiGauge.builder("flamelake.lake.tenant.bytes")
            .description("Size of a tenant's data files in all tables")
            .register(registry);
    this.serviceBytes =
        MultiGauge.builder("flamelake.lake.service.bytes")
            .description("A service's part of its tenant's data files, by samples")
            .register(registry);
    addGauge(
        report,
        "flamelake.lake.unrolled.hours",
        "Closed hours of a tenant that have no valid roll-up",
        health -> health.lake().unrolledHours());
    addGauge(
        report,
        "flamelake.lake.oldest.unrolled.hour.timestamp.seconds",
        "Start of the oldest of them, in seconds since the epoch; 0 if there is none",
        health -> seconds(health.lake().oldestUnrolledHour()));
    addGauge(
        report,
        "flamelake.log.lanes",
        "Lanes that may still get segments or have some that are not in the tables",
        health -> health.log().lanes());
    addGauge(
        report,
        "flamelake.log.pending.segments",
        "Segments that are not in the tables",
        health -> health.log().pendingSegments());
    addGauge(
        report,
        "flamelake.log.lag.seconds",
        "For how long the first of them has been waiting",
        health -> health.log().lag().toMillis() / 1e3);
    addGauge(
        report,
        "flamelake.log.quarantined.segments",
        "Segments that cannot be read",
        health -> health.log().quarantinedSegments());
    addGauge(
        report,
        "flamelake.lake.warnings",
        "Things that an operator should look at, see /ready",
        health -> health.warnings().size());
  }

  /** Shows the tables, tenants and services of a new report. */
  void update(LakeHealth lake) {
    tables.forEach(meter -> meter.update(lake.tables()));
    List<Row<?>> tenants = new ArrayList<>();
    lake.bytesByTenant()
        .forEach((tenant, bytes) -> tenants.add(Row.of(Tags.of("tenant", tenant), bytes)));
    tenantBytes.register(tenants, true);
    List<Row<?>> services = new ArrayList<>();
    lake.bytesByService()
        .forEach(
            (tenant, bytesByService) ->
                bytesByService.forEach(
                    (service, bytes) ->
                        services.add(
                            Row.of(Tags.of("tenant", tenant, "service_name", service), bytes))));
    serviceBytes.register(services, true);
  }

  private void addTable(String name, String description, ToDoubleFunction<TableHealth> value) {
    tables.add(
        new TableMeter(
            MultiGauge.builder("flamelake.lake.table." + name.replace('_', '.'))
                .description(description)
                .register(registry),
            value));
  }

  private void addGauge(
      Supplier<@Nullable HealthReport> report,
      String name,
      String description,
      ToDoubleFunction<HealthReport> value) {
    Gauge.builder(
            name,
            () -> {
              HealthReport last = report.get();
              return last == null ? Double.NaN : value.applyAsDouble(last);
            })
        .description(description)
        .register(registry);
  }

  private static double seconds(@Nullable Instant time) {
    return time == null ? 0 : time.toEpochMilli() / 1e3;
  }

  private record TableMeter(MultiGauge gauge, ToDoubleFunction<TableHealth> value) {
    void update(List<TableHealth> healths) {
      List<Row<?>> rows = new ArrayList<>();
      for (TableHealth health : healths) {
        rows.add(Row.of(Tags.of("table", health.table()), value.applyAsDouble(health)));
      }

      gauge.register(rows, true);
    }
  }
}
