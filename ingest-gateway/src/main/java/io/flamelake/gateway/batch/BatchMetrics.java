/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.batch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/** What the lanes' threads count. */
record BatchMetrics(
    Timer putTime,
    DistributionSummary segmentBytes,
    DistributionSummary batchBytes,
    Counter replacedLanes) {

  BatchMetrics(MeterRegistry registry) {
    this(
        Timer.builder("flamelake.gateway.segment.put")
            .description("Time from the first attempt to put a segment until it is durable")
            .publishPercentileHistogram()
            .register(registry),
        DistributionSummary.builder("flamelake.gateway.segment")
            .baseUnit("bytes")
            .description("Size of segments as stored")
            .register(registry),
        DistributionSummary.builder("flamelake.gateway.batch")
            .baseUnit("bytes")
            .description("Size of segments before compression, payloads only")
            .register(registry),
        Counter.builder("flamelake.gateway.lanes.replaced")
            .description("Lanes given up because someone else had sealed or written them")
            .register(registry));
  }
}
