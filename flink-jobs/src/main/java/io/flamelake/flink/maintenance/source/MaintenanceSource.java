/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.source;

import static java.util.Objects.requireNonNull;

import io.flamelake.flink.maintenance.MaintenanceConfig;
import io.flamelake.flink.maintenance.PlannerFactory;
import io.flamelake.flink.maintenance.TaskOutcome;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Emits the outcome of each task, after it was run by the reader that emits it.
 *
 * <pre>
 *   enumerator                                   readers
 *   ask planners ──► waiting ── a task to each ──► run it ──► outcome
 *       ▲            tasks      that is free        │
 *       └───────────────────── it has ended ◄───────┘
 * </pre>
 *
 * <p>The enumerator alone knows which tasks run, so it is the one that keeps two of the same
 * subject apart. A reader that dies takes its task with it; what is still due is planned again.
 */
public final class MaintenanceSource implements Source<TaskOutcome, NoSplit, NoState> {

  private static final long serialVersionUID = 1L;

  private final MaintenanceConfig config;
  private final PlannerFactory planners;
  private final Boundedness boundedness;

  /**
   * @param boundedness {@code BOUNDED}: each planner in turn, until it has nothing more to do;
   *     otherwise all of them for ever, each at its interval
   */
  public MaintenanceSource(
      MaintenanceConfig config, PlannerFactory planners, Boundedness boundedness) {
    this.config = requireNonNull(config, "config");
    this.planners = requireNonNull(planners, "planners");
    this.boundedness = requireNonNull(boundedness, "boundedness");
  }

  @Override
  public Boundedness getBoundedness() {
    return boundedness;
  }

  @Override
  public SourceReader<TaskOutcome, NoSplit> createReader(SourceReaderContext context) {
    return new TaskReader(context, config);
  }

  @Override
  public SplitEnumerator<NoSplit, NoState> createEnumerator(
      SplitEnumeratorContext<NoSplit> context) {
    Planning planning = new Planning(config, planners.newPlanners(config));
    return boundedness == Boundedness.BOUNDED
        ? new BoundedEnumerator(context, planning)
        : new EndlessEnumerator(context, planning, config.interval());
  }

  @Override
  public SplitEnumerator<NoSplit, NoState> restoreEnumerator(
      SplitEnumeratorContext<NoSplit> context, NoState nothing) {
    return createEnumerator(context);
  }

  @Override
  public SimpleVersionedSerializer<NoSplit> getSplitSerializer() {
    return new NothingSerializer<>(NoSplit::none);
  }

  @Override
  public SimpleVersionedSerializer<NoState> getEnumeratorCheckpointSerializer() {
    return new NothingSerializer<>(() -> NoState.INSTANCE);
  }
}
