/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.rpc.MemoryBudget.Reservation;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {

  private final MemoryBudget budget = new MemoryBudget(100);

  @Test
  void refusesBytesOverTheCapAndKeepsTheRest() {
    try (Reservation first = budget.open();
        Reservation second = budget.open()) {
      first.grow(60);
      assertThatThrownBy(() -> second.grow(41))
          .isInstanceOf(RpcException.class)
          .hasMessageContaining("buffers are full");
      second.grow(40);
      assertThat(budget.usedBytes()).isEqualTo(100);
    }

    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void givesBackOnce() {
    Reservation reservation = budget.open();
    reservation.grow(10);
    reservation.close();
    reservation.close();

    assertThat(budget.usedBytes()).isZero();
    assertThatThrownBy(() -> reservation.grow(1)).isInstanceOf(RpcException.class);
  }

  @Test
  void rejectsAnEmptyBudget() {
    assertThatThrownBy(() -> new MemoryBudget(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxBytes: 0 (expected: > 0)");
  }
}
