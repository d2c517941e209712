/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape;

import io.flamelake.gateway.scrape.config.JobConfig;
import io.flamelake.gateway.scrape.loop.TargetStatus;
import io.flamelake.gateway.scrape.target.DroppedTarget;
import io.flamelake.gateway.scrape.target.ScrapeTarget;
import java.util.List;

/** The targets at one moment, as this replica sees them. */
public record Targets(List<ActiveTarget> active, List<DroppedJob> dropped) {

  public Targets {
    active = List.copyOf(active);
    dropped = List.copyOf(dropped);
  }

  /**
   * A target that is scraped.
   *
   * @param isOwned whether by this replica; another one knows how its scrapes go
   */
  public record ActiveTarget(ScrapeTarget target, TargetStatus status, boolean isOwned) {}

  /**
   * What rules of a job dropped.
   *
   * @param shown some of them
   * @param count all of them
   */
  public record DroppedJob(JobConfig job, List<DroppedTarget> shown, int count) {}
}
