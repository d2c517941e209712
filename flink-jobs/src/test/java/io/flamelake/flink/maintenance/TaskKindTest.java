/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TaskKindTest {

  @Test
  void readsListInTheOrderOfARun() {
    assertThat(TaskKind.parseList("roll-up, compact"))
        .containsExactly(TaskKind.COMPACT, TaskKind.ROLL_UP);
  }

  @Test
  void allIsEveryOneAndBlankIsNone() {
    assertThat(TaskKind.parseList("all")).containsExactly(TaskKind.values());
    assertThat(TaskKind.parseList(" ")).isEmpty();
  }

  @Test
  void refusesUnknownName() {
    assertThatThrownBy(() -> TaskKind.parseList("compact,vacuum"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Task 'vacuum' (expected: a comma list of all, deletion, ");
  }
}
