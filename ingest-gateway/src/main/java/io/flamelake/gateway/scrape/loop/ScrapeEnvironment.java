/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.loop;

import static java.util.Objects.requireNonNull;

import io.flamelake.gateway.intake.ProfileIntake;
import io.flamelake.gateway.scrape.shard.Shards;
import io.flamelake.rpc.MemoryBudget;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;

/** What all loops of a gateway share. */
public final class ScrapeEnvironment {

  private final ProfileIntake intake;
  private final MemoryBudget budget;
  private final Shards shards;
  private final ScheduledExecutorService scheduler;
  private final Clock clock;
  private final RequestSlots slots = new RequestSlots();
  private final ScrapeMetrics metrics;

  /**
   * @param scheduler runs the ticks, each of which is short
   */
  public ScrapeEnvironment(
      ProfileIntake intake,
      MemoryBudget budget,
      Shards shards,
      ScheduledExecutorService scheduler,
      MeterRegistry registry,
      Clock clock) {
    this.intake = requireNonNull(intake, "intake");
    this.budget = requireNonNull(budget, "budget");
    this.shards = requireNonNull(shards, "shards");
    this.scheduler = requireNonNull(scheduler, "scheduler");
    this.metrics = new ScrapeMetrics(registry);
    this.clock = requireNonNull(clock, "clock");
  }

  ProfileIntake intake() {
    return intake;
  }

  MemoryBudget budget() {
    return budget;
  }

  public Shards shards() {
    return shards;
  }

  ScheduledExecutorService scheduler() {
    return scheduler;
  }

  Clock clock() {
    return clock;
  }

  RequestSlots slots() {
    return slots;
  }

  ScrapeMetrics metrics() {
    return metrics;
  }
}
