/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.flink.source.TablePositions;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.store.ObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A job on the embedded cluster. Thread-safe. */
public final class JobHandle {

  private static final Logger LOG = LoggerFactory.getLogger(JobHandle.class);

  private static final Duration POLL_PAUSE = Duration.ofMillis(20);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(15);

  private final MiniCluster cluster;
  private final JobID id;
  private final IngestJobConfig config;

  private JobHandle(MiniCluster cluster, JobID id, IngestJobConfig config) {
    this.cluster = cluster;
    this.id = id;
    this.config = config;
  }

  static JobHandle submit(MiniCluster cluster, JobGraph graph, IngestJobConfig config)
      throws InterruptedException {
    get(cluster.submitJob(graph));
    return new JobHandle(cluster, graph.getJobID(), config);
  }

  public JobStatus status() throws InterruptedException {
    return get(cluster.getJobStatus(id));
  }

  /** Whether every task of the job runs. */
  public boolean isRunning() throws InterruptedException {
    return status() == JobStatus.RUNNING
        && StreamSupport.stream(graph().getAllExecutionVertices().spliterator(), false)
            .allMatch(vertex -> vertex.getExecutionState() == ExecutionState.RUNNING);
  }

  /**
   * Waits until every task runs, over any number of restarts.
   *
   * @throws IllegalStateException if they do not within the time
   */
  public void awaitRunning(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!isRunning()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("Job " + id + " is " + status() + " after " + timeout);
      }

      Thread.sleep(POLL_PAUSE.toMillis());
    }
  }

  /** Waits until every task runs; false if the job failed before, or took too long. */
  boolean awaitRunningUnlessFailed(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (System.nanoTime() < deadline) {
      JobStatus status = status();
      if (status.isTerminalState() || status == JobStatus.FAILING || hasFailed()) {
        return false;
      }

      if (isRunning()) {
        return true;
      }

      Thread.sleep(POLL_PAUSE.toMillis());
    }

    return false;
  }

  /** Makes a checkpoint now; its files are committed soon after. */
  public void checkpoint() throws InterruptedException {
    get(cluster.triggerCheckpoint(id));
  }

  /** Ends the job at once and waits for its end. */
  public void cancel() throws InterruptedException {
    if (!status().isGloballyTerminalState()) {
      get(cluster.cancelJob(id));
    }

    get(cluster.requestJobResult(id));
  }

  void stopGracefully(Path savepoints) throws InterruptedException {
    try {
      awaitRunning(DRAIN_TIMEOUT);
      awaitDrained();
      String savepoint =
          get(
              cluster.stopWithSavepoint(
                  id, savepoints.toUri().toString(), false, SavepointFormatType.NATIVE));
      LOG.info("The ingest job stopped, its state is in {}", savepoint);
    } catch (IllegalStateException e) {
      LOG.warn("The ingest job made no last checkpoint; what is missing is read next time", e);
      cancel();
    }
  }

  /** Waits until the table has every segment there is, except in lanes that are stopped. */
  private void awaitDrained() throws InterruptedException {
    long deadline = System.nanoTime() + DRAIN_TIMEOUT.toNanos();
    TablePositions positions = new TablePositions(config.catalog());
    try (ObjectStore store = config.log().openStore()) {
      SegmentLog log = new SegmentLog(store);
      Set<LaneId> stopped =
          log.quarantined().stream()
              .map(SegmentId::lane)
              .collect(Collectors.toCollection(TreeSet::new));
      while (!isDrained(log, stopped, positions.load())) {
        if (System.nanoTime() > deadline) {
          LOG.warn("The log is not drained after {}; the rest is read next time", DRAIN_TIMEOUT);
          return;
        }

        checkpointIfPossible();
        Thread.sleep(POLL_PAUSE.toMillis());
      }
    }
  }

  private void checkpointIfPossible() throws InterruptedException {
    try {
      checkpoint();
    } catch (IllegalStateException e) {
      // The job may just be restarting; whether the log is drained is looked up, not concluded.
      LOG.debug("No checkpoint while the log is drained", e);
    }
  }

  private static boolean isDrained(SegmentLog log, Set<LaneId> stopped, LaneWatermarks watermarks) {
    return log.lanes().stream()
        .filter(lane -> !stopped.contains(lane))
        .allMatch(lane -> log.segmentsAfter(lane, watermarks.sequence(lane.value())).isEmpty());
  }

  private boolean hasFailed() throws InterruptedException {
    return graph().getFailureInfo() != null;
  }

  private AccessExecutionGraph graph() throws InterruptedException {
    return get(cluster.getExecutionGraph(id));
  }

  private static <T> T get(CompletableFuture<T> future) throws InterruptedException {
    try {
      return future.get(REQUEST_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("The embedded Flink cluster refused: " + e.getMessage(), e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("The embedded Flink cluster does not answer", e);
    }
  }
}
