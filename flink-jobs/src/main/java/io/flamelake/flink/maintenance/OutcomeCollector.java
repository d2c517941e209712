/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance;

import java.util.List;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.accumulators.ListAccumulator;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;

/** Keeps outcomes for the program that waits for the end of the job. */
final class OutcomeCollector extends RichMapFunction<TaskOutcome, TaskOutcome> {

  private static final long serialVersionUID = 1L;

  private static final String OUTCOMES = "outcomes";

  private final ListAccumulator<TaskOutcome> outcomes = new ListAccumulator<>();

  @Override
  public void open(OpenContext context) {
    getRuntimeContext().addAccumulator(OUTCOMES, outcomes);
  }

  @Override
  public TaskOutcome map(TaskOutcome outcome) {
    outcomes.add(outcome);
    return outcome;
  }

  /** Returns what the tasks of a job that has ended came to. */
  static List<TaskOutcome> outcomes(JobExecutionResult result) {
    return result.getAccumulatorResult(OUTCOMES);
  }
}
