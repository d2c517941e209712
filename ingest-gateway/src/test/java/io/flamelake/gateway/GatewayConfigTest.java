/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.gateway.batch.SegmentBatcherConfig;
import io.flamelake.gateway.limits.Limits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GatewayConfigTest {

  @Test
  void hasDefaultsForTheKindOfStore() {
    GatewayConfig local = GatewayConfig.defaults(false);
    GatewayConfig remote = GatewayConfig.defaults(true);

    assertThat(local.multitenancyEnabled()).as("multi-tenancy").isFalse();
    assertThat(local.requestTimeout()).isEqualTo(Duration.ofSeconds(15));
    assertThat(local.segment())
        .isEqualTo(
            new SegmentBatcherConfig(16 << 20, Duration.ofMillis(20), 1, Duration.ofSeconds(8)));
    assertThat(remote).isEqualTo(local.withSegment(SegmentBatcherConfig.defaults(true)));
    assertThat(remote.segment().maxDelay()).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void changesOneValueAtATime() {
    GatewayConfig base = GatewayConfig.defaults(false);
    SegmentBatcherConfig segment =
        base.segment()
            .withLanes(3)
            .withMaxBytes(5 << 20)
            .withMaxDelay(Duration.ofMillis(7))
            .withCloseTimeout(Duration.ofSeconds(1));
    Limits limits = Limits.defaults().withIngestionRate(5, 6).withoutIngestionWindow();

    GatewayConfig changed =
        base.withMultitenancy(true)
            .withMaxBufferBytes(9 << 20)
            .withWorkers(11)
            .withRequestTimeout(Duration.ofSeconds(3))
            .withSegment(segment)
            .withLimits(limits);

    assertThat(changed)
        .isEqualTo(
            new GatewayConfig(
                true,
                9 << 20,
                11,
                Duration.ofSeconds(3),
                new SegmentBatcherConfig(5 << 20, Duration.ofMillis(7), 3, Duration.ofSeconds(1)),
                limits));
  }

  @Test
  void limitsBodiesToAQuarterOfTheBuffers() {
    GatewayConfig config = GatewayConfig.defaults(false).withMaxBufferBytes(40 << 20);

    assertThat(config.maxRequestBytes()).isEqualTo(10 << 20);
    assertThat(config.withLimits(Limits.defaults().withIngestionBodyBytes(1000)).maxRequestBytes())
        .isEqualTo(1000);
  }

  @Test
  void rejectsValuesThatMakeNoSense() {
    GatewayConfig config = GatewayConfig.defaults(false);

    assertThatThrownBy(() -> config.withWorkers(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("workers: 0 (expected: >= 1)");
    assertThatThrownBy(() -> config.withRequestTimeout(Duration.ZERO))
        .hasMessage("requestTimeout: PT0S (expected: > 0)");
    assertThatThrownBy(() -> config.withMaxBufferBytes(5))
        .hasMessage("maxBufferBytes: 5 (expected: >= 1048576)");
    assertThatThrownBy(() -> config.segment().withLanes(0)).hasMessage("lanes: 0 (expected: >= 1)");
    assertThatThrownBy(() -> config.limits().withIngestionBodyBytes(0))
        .hasMessage("ingestionBodyBytes: 0 (expected: 1..2147483647)");
  }
}
