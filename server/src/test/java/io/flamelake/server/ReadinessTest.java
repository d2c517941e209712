/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.server.Readiness.Answer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ReadinessTest {
  private final Readiness readiness = new Readiness();

  @Test
  void namesWhatIsNotReady() {
    AtomicBoolean ingester = new AtomicBoolean();
    readiness.add("gateway", () -> true);
    readiness.add("ingester", ingester::get);
    assertThat(readiness.answer()).isEqualTo(new Answer(false, "ingester: not ready\n"));

    ingester.set(true);
    assertThat(readiness.answer()).isEqualTo(new Answer(true, "ready\n"));

    readiness.stop();
    assertThat(readiness.answer()).isEqualTo(new Answer(false, "stopping\n"));
  }

  @Test
  void servesInSpiteOfWarningsButSaysThem() {
    readiness.add("gateway", () -> true);
    readiness.add("maintenance", () -> true);
    readiness.addWarnings("maintenance", () -> List.of("2 segments are in quarantine"));

    assertThat(readiness.answer())
        .isEqualTo(new Answer(true, "ready\nmaintenance: 2 segments are in quarantine\n"));
  }

  @Test
  void answersForOneComponentStrictly() {
    readiness.add("gateway", () -> true);
    readiness.add("ingester", () -> false);
    readiness.add("maintenance", () -> true);
    readiness.addWarnings("maintenance", () -> List.of("2 segments are in quarantine"));

    assertThat(readiness.answer("gateway")).isEqualTo(new Answer(true, "ready\n"));
    assertThat(readiness.answer("ingester")).isEqualTo(new Answer(false, "ingester: not ready\n"));
    assertThat(readiness.answer("maintenance"))
        .isEqualTo(new Answer(false, "maintenance: 2 segments are in quarantine\n"));
    assertThat(readiness.answer("querier").isReady()).as("not in this process").isFalse();
  }
}
