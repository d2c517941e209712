/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.api;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.flamelake.gateway.scrape.Targets;
import io.flamelake.gateway.scrape.Targets.ActiveTarget;
import io.flamelake.gateway.scrape.loop.TargetStatus;
import io.flamelake.gateway.scrape.target.DroppedTarget;
import io.flamelake.gateway.scrape.target.ScrapeTarget;
import io.flamelake.model.Label;
import io.flamelake.model.TenantId;
import io.flamelake.proto.agent.v1.GetTargetsResponse;
import io.flamelake.proto.agent.v1.Health;
import io.flamelake.proto.agent.v1.State;
import io.flamelake.proto.agent.v1.Target;
import java.time.Instant;

/** Targets of one tenant as messages. */
final class TargetMessages {

  private final Targets targets;
  private final TenantId tenant;

  TargetMessages(Targets targets, TenantId tenant) {
    this.targets = targets;
    this.tenant = tenant;
  }

  /** The targets of a state, or with none those of both. */
  GetTargetsResponse response(State state) {
    GetTargetsResponse.Builder response = GetTargetsResponse.newBuilder();
    if (state != State.STATE_DROPPED) {
      targets.active().stream()
          .filter(active -> active.isOwned() && active.target().job().tenant().equals(tenant))
          .forEach(active -> response.addActiveTargets(message(active)));
    }

    if (state != State.STATE_ACTIVE) {
      targets.dropped().stream()
          .filter(job -> job.job().tenant().equals(tenant))
          .flatMap(job -> job.shown().stream())
          .forEach(dropped -> response.addDroppedTargets(message(dropped)));
    }

    return response.build();
  }

  private static Target message(ActiveTarget active) {
    ScrapeTarget target = active.target();
    TargetStatus status = active.status();
    Target.Builder message =
        Target.newBuilder()
            .putAllDiscoveredLabels(target.discovered())
            .setScrapePool(target.job().name())
            .setScrapeUrl(target.url().toString())
            .setLastError(status.lastError())
            .setHealth(health(status.health()))
            .setScrapeInterval(Durations.fromMillis(target.interval().toMillis()))
            .setScrapeTimeout(Durations.fromMillis(target.timeout().toMillis()));
    for (Label label : target.labels().labels()) {
      message.putLabels(label.name(), label.value());
    }

    Instant lastScrape = status.lastScrape();
    if (lastScrape != null) {
      message
          .setLastScrape(Timestamps.fromMillis(lastScrape.toEpochMilli()))
          .setLastScrapeDuration(Durations.fromNanos(status.lastDuration().toNanos()));
    }

    return message.build();
  }

  private static Target message(DroppedTarget dropped) {
    return Target.newBuilder()
        .putAllDiscoveredLabels(dropped.discovered())
        .setScrapePool(dropped.job().name())
        .build();
  }

  private static Health health(TargetStatus.Health health) {
    return switch (health) {
      case UNKNOWN -> Health.HEALTH_UNSPECIFIED;
      case UP -> Health.HEALTH_UP;
      case DOWN -> Health.HEALTH_DOWN;
    };
  }
}
