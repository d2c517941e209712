/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.flink.IngestCounter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers the file set of each checkpoint and commits it once the checkpoint is complete. Runs with
 * a parallelism of one, on the task's own thread.
 *
 * <p>Its state are the file sets that are not known to be committed; see {@link LakeCommit} for
 * what becomes of them after a restart.
 */
public final class LakeCommitter extends AbstractStreamOperator<Void>
    implements OneInputStreamOperator<FileSet, Void> {

  /** Gauge: age of the oldest profile of the last commit, from its receipt on. */
  public static final String COMMIT_LAG_METRIC = "flamelake_ingest_commit_lag_seconds";

  /** Gauge: when the last commit was. */
  public static final String LAST_COMMIT_METRIC = "flamelake_ingest_last_commit_timestamp_seconds";

  private static final long serialVersionUID = 1L;

  private static final Logger LOGGER = LoggerFactory.getLogger(LakeCommitter.class);

  private static final double MILLIS_PER_SECOND = 1_000;

  private static final ListStateDescriptor<PendingFileSet> PENDING =
      new ListStateDescriptor<>("pending-file-sets-v1", new PendingFileSetSerializer());

  private final CatalogConfig catalogConfig;
  private final CommitRetry retry;
  private transient @Nullable LakeCatalog catalog;
  private transient LakeCommit commit;
  private transient FileSet current;
  private transient Deque<PendingFileSet> pending;
  private transient List<PendingFileSet> restored;
  private transient ListState<PendingFileSet> pendingState;
  private transient volatile double commitLagSeconds;
  private transient volatile double lastCommitSeconds;

  public LakeCommitter(CatalogConfig catalogConfig, CommitRetry retry) {
    this.catalogConfig = requireNonNull(catalogConfig, "catalogConfig");
    this.retry = requireNonNull(retry, "retry");
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    current = FileSet.EMPTY;
    pending = new ArrayDeque<>();
    restored = new ArrayList<>();
    pendingState = context.getOperatorStateStore().getListState(PENDING);
    if (context.isRestored()) {
      pendingState.get().forEach(restored::add);
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    LakeCatalog opened = LakeCatalog.open(catalogConfig);
    catalog = opened;
    commit =
        new LakeCommit(
            table -> {
              Table loaded = opened.iceberg().loadTable(opened.identifier(table.tableName()));
              return ((HasTableOperations) loaded).operations();
            },
            retry,
            new CountingListener());
    getMetricGroup().gauge(COMMIT_LAG_METRIC, () -> commitLagSeconds);
    getMetricGroup().gauge(LAST_COMMIT_METRIC, () -> lastCommitSeconds);
    for (PendingFileSet set : restored) {
      commit.commitRestored(set);
    }

    restored.clear();
  }

  @Override
  public void processElement(StreamRecord<FileSet> element) {
    current = current.plus(element.getValue());
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    if (!current.isEmpty()) {
      pending.add(new PendingFileSet(context.getCheckpointId(), UUID.randomUUID(), current));
      current = FileSet.EMPTY;
    }

    pendingState.update(new ArrayList<>(pending));
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    super.notifyCheckpointComplete(checkpointId);
    for (PendingFileSet set = pending.peek();
        set != null && set.checkpointId() <= checkpointId;
        set = pending.peek()) {
      commit.commit(set);
      pending.remove();
      noteCommit(set.files());
    }
  }

  @Override
  public void close() throws Exception {
    LakeCatalog opened = catalog;
    if (opened != null) {
      opened.close();
    }

    super.close();
  }

  private void noteCommit(FileSet set) {
    long nowMillis = System.currentTimeMillis();
    lastCommitSeconds = nowMillis / MILLIS_PER_SECOND;
    if (set.oldestReceiveNanos() != FileSet.NO_PROFILE) {
      long oldestMillis = TimeUnit.NANOSECONDS.toMillis(set.oldestReceiveNanos());
      commitLagSeconds = (nowMillis - oldestMillis) / MILLIS_PER_SECOND;
    }

    LOGGER.debug("Committed {} files, lanes {}", set.files().size(), set.ranges().asMap());
  }

  private final class CountingListener implements LakeCommit.Listener {

    private final Map<LakeTable, Counter> commits = counters(IngestCounter.COMMITS);
    private final Map<LakeTable, Counter> dropped = counters(IngestCounter.FILE_SETS_DROPPED);
    private final Map<LakeTable, Counter> retries = counters(IngestCounter.COMMIT_RETRIES);

    @Override
    public void committed(LakeTable table) {
      requireNonNull(commits.get(table)).inc();
    }

    @Override
    public void foundCovered(LakeTable table) {
      requireNonNull(dropped.get(table)).inc();
    }

    @Override
    public void attemptFailed(LakeTable table) {
      requireNonNull(retries.get(table)).inc();
    }

    private Map<LakeTable, Counter> counters(IngestCounter counter) {
      Map<LakeTable, Counter> counters = new EnumMap<>(LakeTable.class);
      for (LakeTable table : LakeTable.INGESTED) {
        counters.put(
            table,
            getMetricGroup().addGroup("table", table.tableName()).counter(counter.metricName()));
      }

      return counters;
    }
  }
}
