/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import io.flamelake.flink.maintenance.report.FigureGauge;
import io.flamelake.flink.maintenance.report.LastRuns;
import io.flamelake.flink.sink.LakeCommitter;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;

/**
 * Collects the jobs' own metrics from Flink. A counter that a restart takes away leaves its count
 * behind.
 */
final class EmbeddedMetrics implements MetricReporter, IngestMetrics {

  private static final String NO_LABEL = "";

  private final Map<String, IngestCounter> countersByName = new HashMap<>();

  // Both guarded by this.
  private final Map<IngestCounter, Map<String, Sum>> sums = new EnumMap<>(IngestCounter.class);
  private final Map<String, Gauge<?>> gauges = new HashMap<>();

  private final LastRuns lastRuns = new LastRuns();

  EmbeddedMetrics() {
    for (IngestCounter counter : IngestCounter.values()) {
      countersByName.put(counter.metricName(), counter);
    }
  }

  @Override
  public void open(MetricConfig config) {
    // Nothing to be configured: metrics are read where they are.
  }

  @Override
  public void close() {
    // The figures stay readable.
  }

  @Override
  public synchronized void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    IngestCounter known = countersByName.get(name);
    if (known != null && metric instanceof Counter counter) {
      sum(known, label(group)).live.add(counter);
    } else if (metric instanceof FigureGauge figure) {
      lastRuns.add(figure.report());
    } else if (metric instanceof Gauge<?> gauge && isOwnGauge(name)) {
      gauges.put(name, gauge);
    }
  }

  @Override
  public synchronized void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
    IngestCounter known = countersByName.get(name);
    if (known != null && metric instanceof Counter counter) {
      Sum sum = sum(known, label(group));
      if (sum.live.remove(counter)) {
        sum.finished += counter.getCount();
      }
    }
  }

  /** Returns what the maintenance job reported, also before the job was started again. */
  LastRuns lastRuns() {
    return lastRuns;
  }

  @Override
  public synchronized long total(IngestCounter counter) {
    return sums.getOrDefault(counter, Map.of()).values().stream().mapToLong(Sum::value).sum();
  }

  @Override
  public synchronized Map<String, Long> totalByLabel(IngestCounter counter) {
    Map<String, Long> totals = new TreeMap<>();
    sums.getOrDefault(counter, Map.of())
        .forEach(
            (label, sum) -> {
              if (!label.equals(NO_LABEL)) {
                totals.put(label, sum.value());
              }
            });
    return totals;
  }

  @Override
  public double commitLagSeconds() {
    return gauge(LakeCommitter.COMMIT_LAG_METRIC);
  }

  @Override
  public double lastCommitTimestampSeconds() {
    return gauge(LakeCommitter.LAST_COMMIT_METRIC);
  }

  private synchronized double gauge(String name) {
    Gauge<?> gauge = gauges.get(name);
    return gauge != null && gauge.getValue() instanceof Double value ? value : 0;
  }

  private Sum sum(IngestCounter counter, String label) {
    return sums.computeIfAbsent(counter, any -> new HashMap<>())
        .computeIfAbsent(label, any -> new Sum());
  }

  private static boolean isOwnGauge(String name) {
    return name.equals(LakeCommitter.COMMIT_LAG_METRIC)
        || name.equals(LakeCommitter.LAST_COMMIT_METRIC);
  }

  private static String label(MetricGroup group) {
    Map<String, String> variables = group.getAllVariables();
    String table = variables.get("<table>");
    return table != null ? table : variables.getOrDefault("<reason>", NO_LABEL);
  }

  /** What live counters count, and what earlier ones left. */
  private static final class Sum {

    private final Set<Counter> live = new HashSet<>();
    private long finished;

    private long value() {
      return finished + live.stream().mapToLong(Counter::getCount).sum();
    }
  }
}
