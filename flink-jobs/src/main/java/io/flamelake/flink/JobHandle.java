/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;

/** A job on the embedded cluster. Thread-safe. */
public final class JobHandle {

  private static final Duration POLL_PAUSE = Duration.ofMillis(20);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

  private final MiniCluster cluster;
  private final JobID id;

  private JobHandle(MiniCluster cluster, JobID id) {
    this.cluster = cluster;
    this.id = id;
  }

  static JobHandle submit(MiniCluster cluster, JobGraph graph) throws InterruptedException {
    get(cluster.submitJob(graph));
    return new JobHandle(cluster, graph.getJobID());
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

  /** Ends the job with its state kept; returns where. */
  String stopWithSavepoint(Path savepoints) throws InterruptedException {
    return get(
        cluster.stopWithSavepoint(
            id, savepoints.toUri().toString(), false, SavepointFormatType.NATIVE));
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
