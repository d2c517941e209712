/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import static java.util.Objects.requireNonNull;

import io.flamelake.flink.maintenance.MaintenanceConfig;
import io.flamelake.flink.maintenance.MaintenanceJob;
import io.flamelake.flink.maintenance.PlannerFactory;
import io.flamelake.flink.maintenance.RunSummary;
import io.flamelake.flink.maintenance.report.LastRuns;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.metrics.MetricRegistryConfiguration;
import org.apache.flink.runtime.metrics.MetricRegistryImpl;
import org.apache.flink.runtime.metrics.ReporterSetup;
import org.apache.flink.runtime.metrics.filter.ReporterFilter;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Flink cluster inside this process that runs the ingest job, maintenance or both, each in slots
 * of its own: one task manager, state on the heap, checkpoints on local disk.
 *
 * <p>An ingest job that is submitted goes on from the newest checkpoint of the state directory. If
 * there is none, or the job fails while it is being restored, it begins without state: what was
 * ingested is in the table, so all that is lost is the memory of which symbols were written, and of
 * base lines that are no more in the log.
 */
public final class EmbeddedFlink implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedFlink.class);

  private static final Duration RESTORE_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration FIRST_RESTART_DELAY = Duration.ofMillis(200);
  private static final Duration LONGEST_RESTART_DELAY = Duration.ofSeconds(10);
  private static final Duration QUIET_BEFORE_DELAY_RESET = Duration.ofMinutes(1);

  private final StateDirectory state;
  private final int ingestSlots;
  private final int maintenanceSlots;
  private final EmbeddedMetrics metrics;
  private final MiniCluster cluster;
  private @Nullable JobHandle ingest;
  private @Nullable IngestDrain drain;
  private @Nullable JobHandle maintenance;

  private EmbeddedFlink(
      StateDirectory state,
      int ingestSlots,
      int maintenanceSlots,
      EmbeddedMetrics metrics,
      MiniCluster cluster) {
    this.state = state;
    this.ingestSlots = ingestSlots;
    this.maintenanceSlots = maintenanceSlots;
    this.metrics = metrics;
    this.cluster = cluster;
  }

  /** Starts a cluster for the ingest job alone. */
  public static EmbeddedFlink start(Path stateDirectory, int parallelism) {
    return start(stateDirectory, parallelism, 0);
  }

  /**
   * Starts a cluster that keeps its checkpoints in a directory of its own.
   *
   * @param ingestSlots the parallelism of the ingest job, 0 if it is not to run here
   * @param maintenanceSlots the parallelism of maintenance, 0 if it is not to run here
   */
  public static EmbeddedFlink start(Path stateDirectory, int ingestSlots, int maintenanceSlots) {
    if (ingestSlots < 0 || maintenanceSlots < 0 || ingestSlots + maintenanceSlots < 1) {
      throw new IllegalArgumentException(
          "Slots: "
              + ingestSlots
              + " for ingest, "
              + maintenanceSlots
              + " for maintenance (expected: >= 1)");
    }

    StateDirectory state = new StateDirectory(stateDirectory);
    state.create();
    EmbeddedMetrics metrics = new EmbeddedMetrics();
    MiniClusterConfiguration configuration =
        new MiniClusterConfiguration.Builder()
            .setConfiguration(configuration(state))
            .setNumTaskManagers(1)
            .setNumSlotsPerTaskManager(ingestSlots + maintenanceSlots)
            .build();
    MiniCluster cluster = new MeteredCluster(configuration, metrics);
    try {
      cluster.start();
    } catch (Exception e) {
      throw new IllegalStateException("The embedded Flink cluster did not start", e);
    }

    return new EmbeddedFlink(state, ingestSlots, maintenanceSlots, metrics, cluster);
  }

  /**
   * Does all maintenance that is due, on a cluster of its own that ends with it.
   *
   * @throws IllegalStateException if the job failed, which is more than the failure of a task
   */
  public static RunSummary maintainOnce(
      Path stateDirectory, int parallelism, MaintenanceConfig config, PlannerFactory planners)
      throws InterruptedException {
    StateDirectory state = new StateDirectory(stateDirectory);
    state.create();
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration(state));
    return MaintenanceJob.runOnce(env, config, planners);
  }

  /**
   * Submits the ingest job, restored if possible. Returns when Flink has taken the job; a restored
   * one runs by then.
   */
  public synchronized JobHandle submit(IngestJobConfig config) throws InterruptedException {
    requireNonNull(config, "config");
    if (ingest != null) {
      throw new IllegalStateException("The job was submitted before");
    }

    Path newest = state.findNewest();
    state.deleteAllBut(newest);
    if (newest != null) {
      JobHandle restored = submit(config, newest);
      if (restored.awaitRunningUnlessFailed(RESTORE_TIMEOUT)) {
        return keep(restored, config);
      }

      LOG.warn("The job cannot go on from {}, it begins without state", newest);
      restored.cancel();
    }

    return keep(submit(config, null), config);
  }

  private JobHandle keep(JobHandle job, IngestJobConfig config) {
    ingest = job;
    drain = new IngestDrain(job, config);
    return job;
  }

  /** Submits maintenance. Returns when Flink has taken the job. */
  public synchronized JobHandle submitMaintenance(MaintenanceConfig config, PlannerFactory planners)
      throws InterruptedException {
    requireNonNull(config, "config");
    requireNonNull(planners, "planners");
    if (maintenance != null) {
      throw new IllegalStateException("Maintenance was submitted before");
    }

    StreamExecutionEnvironment env = environment(maintenanceSlots);
    MaintenanceJob.build(env, config, planners);
    JobGraph graph = env.getStreamGraph().getJobGraph();
    graph.setJobID(JobID.generate());
    JobHandle submitted = JobHandle.submit(cluster, graph);
    maintenance = submitted;
    return submitted;
  }

  public IngestMetrics metrics() {
    return metrics;
  }

  /** Returns what maintenance did. */
  public LastRuns lastRuns() {
    return metrics.lastRuns();
  }

  /**
   * Ends maintenance, then the ingest job after a last checkpoint whose files are committed. Where
   * the writers of lanes have sealed them before, everything in the log is in the tables then, up
   * to a time limit.
   */
  public synchronized void stopGracefully() throws InterruptedException {
    cancelMaintenance();
    IngestDrain running = drain;
    if (running != null) {
      running.stopGracefully(state.savepoints());
      ingest = null;
      drain = null;
    }
  }

  /** What it was doing is done again by the next one. */
  private void cancelMaintenance() throws InterruptedException {
    JobHandle running = maintenance;
    maintenance = null;
    try {
      if (running != null) {
        running.cancel();
      }
    } catch (IllegalStateException e) {
      LOG.warn("Maintenance did not end", e);
    }
  }

  /** Ends the cluster at once; what was not committed is read again by the next one. */
  @Override
  public synchronized void close() {
    JobHandle running = ingest;
    ingest = null;
    drain = null;
    try {
      cancelMaintenance();
      if (running != null) {
        running.cancel();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      LOG.warn("The ingest job did not end, its cluster is closed under it", e);
    }

    try {
      cluster.close();
    } catch (Exception e) {
      throw new IllegalStateException("The embedded Flink cluster did not stop", e);
    }
  }

  private JobHandle submit(IngestJobConfig config, @Nullable Path restored)
      throws InterruptedException {
    StreamExecutionEnvironment env = environment(ingestSlots);
    IngestJob.build(env, config);
    JobGraph graph = env.getStreamGraph().getJobGraph();
    graph.setJobID(JobID.generate());
    if (restored != null) {
      graph.setSavepointRestoreSettings(
          SavepointRestoreSettings.forPath(
              restored.toUri().toString(), true, RecoveryClaimMode.CLAIM));
    }

    return JobHandle.submit(cluster, graph);
  }

  private static StreamExecutionEnvironment environment(int parallelism) {
    if (parallelism == 0) {
      throw new IllegalStateException("The embedded Flink cluster has no slots for this job");
    }

    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
    env.setParallelism(parallelism);
    return env;
  }

  private static Configuration configuration(StateDirectory state) {
    Configuration configuration = new Configuration();
    configuration.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, state.checkpoints().toUri().toString());
    configuration.set(
        CheckpointingOptions.SAVEPOINT_DIRECTORY, state.savepoints().toUri().toString());
    configuration.set(CoreOptions.TMP_DIRS, state.temporary().toString());
    configuration.set(BlobServerOptions.STORAGE_DIRECTORY, state.temporary().toString());
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(1));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(16));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(16));
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    configuration.set(JobManagerOptions.SCHEDULER, JobManagerOptions.SchedulerType.Default);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
        FIRST_RESTART_DELAY);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        LONGEST_RESTART_DELAY);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
        QUIET_BEFORE_DELAY_RESET);
    return configuration;
  }

  /** Flink offers no other way to hand it a reporter that is an object of ours. */
  private static final class MeteredCluster extends MiniCluster {

    private final EmbeddedMetrics metrics;

    private MeteredCluster(MiniClusterConfiguration configuration, EmbeddedMetrics metrics) {
      super(configuration);
      this.metrics = metrics;
    }

    @Override
    protected MetricRegistryImpl createMetricRegistry(
        Configuration configuration, long maximumMessageSizeInBytes) {
      ReporterSetup reporter =
          new ReporterSetup(
              "flamelake", new MetricConfig(), metrics, ReporterFilter.getNoOpFilter(), Map.of());
      return new MetricRegistryImpl(
          MetricRegistryConfiguration.fromConfiguration(configuration, maximumMessageSizeInBytes),
          List.of(reporter));
    }
  }
}
