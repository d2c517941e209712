/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class QueryCancellationTest {
  private final QueryCancellation cancellation = new QueryCancellation();
  private final AtomicInteger runs = new AtomicInteger();

  @Test
  void tellsOnceWhoAskedToBeTold() {
    cancellation.onCancel(runs::incrementAndGet);
    assertThat(runs).hasValue(0);

    cancellation.cancel();
    cancellation.cancel();

    assertThat(runs).hasValue(1);
    assertThat(cancellation.isCancelled()).isTrue();
  }

  @Test
  void tellsAtOnceWhoAsksTooLate() {
    cancellation.cancel();
    cancellation.onCancel(runs::incrementAndGet);

    assertThat(runs).hasValue(1);
  }

  @Test
  void doesNotTellWhoWaitsNoLonger() {
    QueryCancellation.Registration registration = cancellation.onCancel(runs::incrementAndGet);
    registration.close();
    cancellation.cancel();

    assertThat(runs).hasValue(0);
  }
}
