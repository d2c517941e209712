/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.catalog.FlameTable;
import io.flamelake.catalog.LakeTables;
import io.flamelake.catalog.PartitionVersion;
import io.flamelake.model.TenantId;
import io.flamelake.query.RollUpPeriod;
import io.flamelake.query.TestProfile;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;

/** Writes roll-ups path by path, by another way than the maintenance job's. */
public final class RollUpWriter {
  private static final Comparator<List<String>> PREORDER =
      (left, right) -> {
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
          int order = left.get(i).compareTo(right.get(i));
          if (order != 0) {
            return order;
          }
        }

        return Integer.compare(left.size(), right.size());
      };

  private final LakeTables tables;
  private final FileLayout layout;

  public RollUpWriter(LakeTables tables, FileLayout layout) {
    this.tables = tables;
    this.layout = layout;
  }

  /** Rolls some profiles up for a period that has the version that the table has now. */
  public void write(
      RollUpPeriod period, TenantId tenant, long number, Collection<TestProfile> profiles)
      throws IOException {
    write(period, tenant, number, profiles, version(period, tenant, number));
  }

  /** Rolls up those of some profiles that are of a tenant and period. */
  public void write(
      RollUpPeriod period,
      TenantId tenant,
      long number,
      Collection<TestProfile> profiles,
      PartitionVersion covered)
      throws IOException {
    SortedMap<String, List<TestProfile>> trees = new TreeMap<>();
    for (TestProfile profile : profiles) {
      if (profile.tenant().equals(tenant) && period.number(profile.timeMicros()) == number) {
        trees
            .computeIfAbsent(
                profile.type().id() + '\n' + profile.serviceName(), key -> new ArrayList<>())
            .add(profile);
      }
    }

    List<Record> rows = new ArrayList<>();
    for (List<TestProfile> tree : trees.values()) {
      rows.add(row(tree, period.startMicros(number), covered));
    }

    Table table = period == RollUpPeriod.HOUR ? tables.flame1h() : tables.flame1d();
    table.refresh();
    LakeFixture.append(table, rows, layout);
  }

  /** The version that the profiles of a period have now, from Iceberg's own plan of a scan. */
  public PartitionVersion version(RollUpPeriod period, TenantId tenant, long number)
      throws IOException {
    Table profiles = tables.profiles();
    profiles.refresh();
    long sequence = 0;
    long rows = 0;
    try (CloseableIterable<FileScanTask> tasks = profiles.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        String fileTenant = task.file().partition().get(0, String.class);
        long hour = task.file().partition().get(1, Integer.class);
        if (fileTenant.equals(tenant.value())
            && period.number(RollUpPeriod.HOUR.startMicros(hour)) == number) {
          sequence = Math.max(sequence, task.file().dataSequenceNumber());
          rows += task.file().recordCount();
        }
      }
    }

    return new PartitionVersion(sequence, rows);
  }

  private static Record row(
      List<TestProfile> profiles, long startMicros, PartitionVersion covered) {
    TreeMap<List<String>, Long> selfs = new TreeMap<>(PREORDER);
    long total = 0;
    long samples = 0;
    for (TestProfile profile : profiles) {
      for (TestProfile.Sample sample : profile.samples()) {
        List<String> path = sample.functions();
        selfs.merge(path, sample.value(), Long::sum);
        for (int depth = 1; depth < path.size(); depth++) {
          selfs.putIfAbsent(path.subList(0, depth), 0L);
        }

        total += sample.value();
        samples++;
      }
    }

    selfs.remove(List.<String>of());
    List<List<String>> nodes = List.copyOf(selfs.keySet());
    List<String> names = new ArrayList<>();
    List<Integer> parents = new ArrayList<>();
    List<Integer> functions = new ArrayList<>();
    for (int node = 0; node < nodes.size(); node++) {
      List<String> path = nodes.get(node);
      int parent = nodes.indexOf(path.subList(0, path.size() - 1));
      parents.add(parent < 0 ? 0 : node - parent);
      String name = path.get(path.size() - 1);
      if (!names.contains(name)) {
        names.add(name);
      }

      functions.add(names.indexOf(name));
    }

    TestProfile first = profiles.get(0);
    Record row = GenericRecord.create(FlameTable.SCHEMA);
    row.setField(FlameTable.TENANT, first.tenant().value());
    row.setField(FlameTable.PROFILE_TYPE, first.type().id());
    row.setField(FlameTable.SERVICE_NAME, first.serviceName());
    row.setField(
        FlameTable.TS, Instant.EPOCH.plus(startMicros, ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
    row.setField(FlameTable.TOTAL_VALUE, total);
    row.setField(FlameTable.PROFILES, (long) profiles.size());
    row.setField(FlameTable.SAMPLES, samples);
    row.setField(FlameTable.NAMES, names);
    row.setField(FlameTable.PARENTS, parents);
    row.setField(FlameTable.FUNCTIONS, functions);
    row.setField(FlameTable.SELF, List.copyOf(selfs.values()));
    row.setField(FlameTable.COVERED_SEQUENCE, covered.sequence());
    row.setField(FlameTable.COVERED_ROWS, covered.rows());
    return row;
  }
}
