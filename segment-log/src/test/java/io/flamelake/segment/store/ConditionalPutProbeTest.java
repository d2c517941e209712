/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.segment.store.FaultyObjectStore.Fault;
import org.junit.jupiter.api.Test;

class ConditionalPutProbeTest {
  private final InMemoryObjectStore memory = new InMemoryObjectStore();
  private final FaultyObjectStore store = new FaultyObjectStore(memory);

  @Test
  void refusesStoreThatIgnoresTheCondition() {
    store.otherPuts(Fault.CONDITION_IGNORED);

    assertThatThrownBy(() -> ConditionalPutProbe.check(store))
        .isInstanceOf(ObjectStoreException.class)
        .hasMessageStartingWith("The object store ignores If-None-Match: a second put of probe/")
        .hasMessageContaining("was accepted")
        .hasMessageContaining("Use a store or a version of it with conditional writes");
    assertThat(memory.list("", null)).isEmpty();
  }

  @Test
  void refusesStoreThatCannotBeWritten() {
    store.otherPuts(Fault.REFUSED);

    assertThatThrownBy(() -> ConditionalPutProbe.check(store))
        .isInstanceOf(ObjectStoreException.class)
        .hasMessageStartingWith("Cannot write to the object store")
        .hasMessageEndingWith("Slow down");
  }

  @Test
  void acceptsStoreThatHonoursIt() {
    assertThatCode(() -> ConditionalPutProbe.check(store)).doesNotThrowAnyException();
  }
}
