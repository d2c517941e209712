/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.intake;

import io.flamelake.model.DiscardReason;
import io.flamelake.model.TenantId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What came in and what was refused, by tenant. */
final class IntakeMetrics {

  private final MeterRegistry registry;
  private final Timer decodeTime;
  private final Map<TenantId, Received> received = new ConcurrentHashMap<>();

  IntakeMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.decodeTime =
        Timer.builder("flamelake.gateway.decode")
            .description("Time to decompress, decode and validate one profile")
            .publishPercentileHistogram()
            .register(registry);
  }

  Timer decodeTime() {
    return decodeTime;
  }

  void countAccepted(TenantId tenant, long bytes) {
    Received counters =
        received.computeIfAbsent(
            tenant,
            t ->
                new Received(
                    Counter.builder("flamelake.gateway.received.profiles")
                        .description("Profiles that passed validation")
                        .tag("tenant", t.value())
                        .register(registry),
                    Counter.builder("flamelake.gateway.received.bytes")
                        .description("Uncompressed bytes of profiles that passed validation")
                        .tag("tenant", t.value())
                        .register(registry)));
    counters.profiles.increment();
    counters.bytes.increment(bytes);
  }

  void countDiscarded(TenantId tenant, DiscardReason reason, long bytes) {
    // Rare, so the registry's own look-up is fast enough.
    Counter.builder("flamelake.gateway.discarded.profiles")
        .description("Profiles that were refused, or that rules have dropped in whole or in part")
        .tag("tenant", tenant.value())
        .tag("reason", reason.wireName())
        .register(registry)
        .increment();
    Counter.builder("flamelake.gateway.discarded.bytes")
        .description("Bytes of what was refused or dropped, uncompressed where that is known")
        .tag("tenant", tenant.value())
        .tag("reason", reason.wireName())
        .register(registry)
        .increment(bytes);
  }

  private record Received(Counter profiles, Counter bytes) {}
}
