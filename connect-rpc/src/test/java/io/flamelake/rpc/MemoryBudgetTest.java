/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.model.TenantId;
import io.flamelake.rpc.MemoryBudget.Reservation;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {

  private static final TenantId A = new TenantId("a");
  private static final TenantId B = new TenantId("b");
  private static final TenantId C = new TenantId("c");

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
  void leavesSomethingForTheTenantWhoComesNext() {
    MemoryBudget shared = MemoryBudget.sharedByTenants(1000);
    try (Reservation a = shared.open(A);
        Reservation b = shared.open(B);
        Reservation c = shared.open(C);
        Reservation nobody = shared.open()) {
      a.grow(700);
      a.grow(50);
      assertThatThrownBy(() -> a.grow(10))
          .isInstanceOfSatisfying(
              RpcException.class, e -> assertThat(e.code()).isEqualTo(RpcCode.RESOURCE_EXHAUSTED))
          .hasMessageContaining("share of the server's buffers is full (750 bytes)");
      b.grow(180);
      assertThatThrownBy(() -> b.grow(20)).isInstanceOf(RpcException.class);
      c.grow(40);
      nobody.grow(30);
      assertThatThrownBy(() -> nobody.grow(1))
          .isInstanceOfSatisfying(
              RpcException.class, e -> assertThat(e.code()).isEqualTo(RpcCode.UNAVAILABLE));
      a.close();
      b.grow(300);
      assertThat(shared.usedBytes()).isEqualTo(180 + 300 + 40 + 30);
    }

    assertThat(shared.usedBytes()).isZero();
    try (Reservation a = shared.open(A);
        Reservation again = shared.open(A)) {
      a.grow(400);
      again.grow(350);
      assertThatThrownBy(() -> again.grow(10))
          .as("all of a tenant's requests together")
          .isInstanceOf(RpcException.class);
    }
  }

  @Test
  void givesAnybodyAllOfABudgetThatIsNotShared() {
    try (Reservation a = budget.open(A)) {
      a.grow(100);
      assertThat(budget.usedBytes()).isEqualTo(100);
    }
  }

  @Test
  void rejectsAnEmptyBudget() {
    assertThatThrownBy(() -> new MemoryBudget(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxBytes: 0 (expected: > 0)");
  }
}
