/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RendezvousTest {

  private static final List<String> ADDRESSES =
      IntStream.range(0, 10_000)
          .mapToObj(i -> "10.1." + i / 250 + '.' + i % 250 + ":6060")
          .toList();

  @Test
  void addressesAreSharedEvenly() {
    Map<String, Long> counts =
        owners(List.of("a:1", "b:1", "c:1", "d:1")).values().stream()
            .collect(Collectors.groupingBy(owner -> owner, Collectors.counting()));

    // The standard deviation is 43.
    assertThat(counts.values())
        .hasSize(4)
        .allSatisfy(count -> assertThat(count).isBetween(2_250L, 2_750L));
  }

  @Test
  void theOrderOfMembersDoesNotMatter() {
    assertThat(owners(List.of("a:1", "b:1", "c:1")))
        .isEqualTo(owners(List.of("c:1", "a:1", "b:1")));
  }

  @Test
  void onlyTheAddressesOfWhoGoesMove() {
    Map<String, String> before = owners(List.of("a:1", "b:1", "c:1"));
    Map<String, String> after = owners(List.of("a:1", "c:1"));

    long toA = 0;
    for (String address : ADDRESSES) {
      if ("b:1".equals(before.get(address))) {
        toA += "a:1".equals(after.get(address)) ? 1 : 0;
      } else {
        assertThat(after.get(address)).isEqualTo(before.get(address));
      }
    }

    assertThat(toA).as("what a takes over of about 3333").isBetween(1_450L, 1_890L);
  }

  @Test
  void nobodyOwnsAnythingWhereNobodyIs() {
    assertThat(Rendezvous.EMPTY.findOwner("a:1")).isNull();
  }

  private static Map<String, String> owners(List<String> members) {
    Rendezvous rendezvous = new Rendezvous(members);
    return ADDRESSES.stream()
        .collect(
            Collectors.toMap(
                Function.identity(), address -> String.valueOf(rendezvous.findOwner(address))));
  }
}
