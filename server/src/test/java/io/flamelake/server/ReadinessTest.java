/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ReadinessTest {
  @Test
  void namesWhatIsNotReady() {
    Readiness readiness = new Readiness();
    AtomicBoolean ingester = new AtomicBoolean();
    readiness.add("gateway", () -> true);
    readiness.add("ingester", ingester::get);
    assertThat(readiness.findReason()).isEqualTo("ingester: not ready\n");

    ingester.set(true);
    assertThat(readiness.findReason()).isNull();

    readiness.stop();
    assertThat(readiness.findReason()).isEqualTo("stopping\n");
  }
}
