/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.model.TenantId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TenantQueueTest {

  private static final TenantId A = new TenantId("a");
  private static final TenantId B = new TenantId("b");
  private static final TenantId C = new TenantId("c");

  private final TenantQueue<String> queue = new TenantQueue<>();

  @Test
  void servesTenantsInTurn() {
    addAll(A, 10, "a1", "a2", "a3");
    addAll(B, 10, "b1", "b2");
    addAll(C, 10, "c1");

    assertThat(pollAll()).containsExactly("a1", "b1", "c1", "a2", "b2", "a3");
  }

  @Test
  void servesWhoComesBehindOneItemOfAGreedyTenant() {
    for (int i = 0; i < 10_000; i++) {
      queue.add(A, 1_000_000, "a");
    }

    for (int i = 0; i < 100; i++) {
      assertThat(queue.poll()).isEqualTo("a");
    }

    addAll(B, 10, "b1", "b2", "b3");
    List<String> next = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      next.add(queue.poll());
    }

    assertThat(next).containsExactly("b1", "b2", "b3", "a", "a");
  }

  @Test
  void servesBytesAndNotItems() {
    addAll(A, 100, "A1", "A2", "A3");
    for (int i = 0; i < 30; i++) {
      queue.add(B, 10, "b");
    }

    int seen = 0;
    List<Integer> smallBefore = new ArrayList<>();
    for (String item : pollAll()) {
      if (item.equals("b")) {
        seen++;
      } else {
        smallBefore.add(seen);
      }
    }

    assertThat(smallBefore).containsExactly(0, 10, 20);
  }

  @Test
  void givesWaitingTenantsTheSameWhateverTheyAsk() {
    Random random = new Random(7);
    TenantQueue<long[]> items = new TenantQueue<>();
    List<TenantId> tenants = List.of(A, B, C);
    for (int tenant = 0; tenant < tenants.size(); tenant++) {
      for (int i = 0; i < 3000; i++) {
        long bytes = 1L + random.nextInt(tenant == 0 ? 1000 : 100);
        items.add(tenants.get(tenant), bytes, new long[] {tenant, bytes});
      }
    }

    long[] served = new long[3];
    int[] count = new int[3];
    while (Arrays.stream(count).max().getAsInt() < 3000) {
      long[] item = requireNonNull(items.poll());
      served[(int) item[0]] += item[1];
      count[(int) item[0]]++;
    }

    assertThat(Arrays.stream(served).max().getAsLong())
        .isBetween(100_000L, Arrays.stream(served).min().getAsLong() + 1000);
  }

  @Test
  void removesTheLastOfTheLongest() {
    addAll(A, 1, "a1");
    addAll(B, 1, "b1", "b2", "b3");
    addAll(C, 1, "c1", "c2");

    assertThat(queue.removeFromLongest()).isEqualTo("b3");
    assertThat(queue.size()).isEqualTo(5);
    assertThat(queue.removeFromLongest()).as("of two the one who came last").isEqualTo("c2");
    assertThat(queue.removeFromLongest()).isEqualTo("b2");
    assertThat(pollAll()).containsExactly("a1", "b1", "c1");
    assertThat(queue.removeFromLongest()).isNull();
  }

  @Test
  void countsWhatWaits() {
    addAll(A, 5, "a1", "a2");
    addAll(B, 0, "b1");

    assertThat(queue.bytes()).isEqualTo(11);
    queue.poll();
    assertThat(queue.bytes()).isEqualTo(6);
    queue.removeFromLongest();
    queue.removeFromLongest();
    assertThat(queue.bytes()).isZero();
    assertThat(queue.isEmpty()).as("empty").isTrue();
    assertThat(queue.poll()).isNull();
    addAll(A, 1, "again");
    assertThat(pollAll()).containsExactly("again");
  }

  private void addAll(TenantId tenant, long bytes, String... items) {
    for (String item : items) {
      queue.add(tenant, bytes, item);
    }
  }

  private List<String> pollAll() {
    List<String> all = new ArrayList<>();
    for (String item = queue.poll(); item != null; item = queue.poll()) {
      all.add(item);
    }

    return all;
  }
}
