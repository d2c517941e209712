/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance;

import io.flamelake.flink.maintenance.source.MaintenanceSource;
import io.flamelake.flink.serialize.ImmutableTypeInfo;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Keeps the lake in order, once or for ever.
 *
 * <pre>
 *   plan ── a task to each that is free ──► maintain (parallelism N) ──► outcomes
 *   (the source's enumerator)
 * </pre>
 *
 * <p>No checkpoints and no state: what is due is seen from the tables at every plan, and a task
 * that was lost is due again.
 */
public final class MaintenanceJob {

  public static final String NAME = "flamelake-maintenance";

  private MaintenanceJob() {}

  /**
   * Does all that is due on the cluster that this is run on, and prints what was done. Throws if a
   * task failed, after all others have run, so that the exit status says so.
   *
   * @param args as {@link MaintenanceJobArguments} describes them
   */
  @SuppressWarnings("SystemOut") // What the program is run for.
  public static void main(String[] args) throws Exception {
    MaintenanceConfig config = MaintenanceJobArguments.parse(args);
    RunSummary summary =
        runOnce(
            StreamExecutionEnvironment.getExecutionEnvironment(), config, MaintenancePlanners::of);
    System.out.print(summary.toText());
    if (!summary.isSuccess()) {
      throw new IllegalStateException("Maintenance failed: " + summary.failureText());
    }
  }

  /** Adds the graph of the job that never ends. */
  public static void build(
      StreamExecutionEnvironment env, MaintenanceConfig config, PlannerFactory planners) {
    maintain(env, config, planners, Boundedness.CONTINUOUS_UNBOUNDED)
        .sinkTo(new DiscardingSink<>())
        .name("discard")
        .uid("discard-v1");
  }

  /**
   * Runs a job that goes through all planners, each until it has nothing more to do.
   *
   * @throws IllegalStateException if the job itself failed
   */
  public static RunSummary runOnce(
      StreamExecutionEnvironment env, MaintenanceConfig config, PlannerFactory planners)
      throws InterruptedException {
    // A reader that is started again has lost its task, and nobody would plan it anew.
    Configuration settings = new Configuration();
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    env.configure(settings);
    RunSummary summary =
        new RunSummary(planners.newPlanners(config).stream().map(ScheduledPlanner::kind).toList());
    maintain(env, config, planners, Boundedness.BOUNDED)
        .map(new OutcomeCollector())
        .returns(ImmutableTypeInfo.chainedOnly(TaskOutcome.class))
        .name("collect")
        .uid("collect-v1")
        .sinkTo(new DiscardingSink<>())
        .name("discard")
        .uid("discard-v1");
    try {
      OutcomeCollector.outcomes(env.execute(NAME)).forEach(summary::add);
      return summary;
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("The maintenance job failed: " + rootCause(e), e);
    }
  }

  private static Throwable rootCause(Throwable failure) {
    Throwable cause = failure;
    for (Throwable next = failure; next != null; next = next.getCause()) {
      cause = next;
    }

    return cause;
  }

  private static SingleOutputStreamOperator<TaskOutcome> maintain(
      StreamExecutionEnvironment env,
      MaintenanceConfig config,
      PlannerFactory planners,
      Boundedness boundedness) {
    return env.fromSource(
            new MaintenanceSource(config, planners, boundedness),
            WatermarkStrategy.noWatermarks(),
            "maintain",
            ImmutableTypeInfo.chainedOnly(TaskOutcome.class))
        .uid("maintain-v1");
  }
}
