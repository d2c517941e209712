/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.shard;

import io.flamelake.model.XxHash64;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rendezvous hashing: an address belongs to the member whose hash with it is the highest. Who goes
 * leaves its addresses to all others in equal parts, and no other address moves.
 */
record Rendezvous(List<String> members) {

  static final Rendezvous EMPTY = new Rendezvous(List.of());

  Rendezvous {
    members = List.copyOf(members);
  }

  /** The member an address belongs to, or null if there is no member. */
  @Nullable String findOwner(String address) {
    long key = hash(address, 0);
    String owner = null;
    long highest = 0;
    for (String member : members) {
      long hash = hash(member, key);
      if (owner == null || Long.compareUnsigned(hash, highest) > 0) {
        owner = member;
        highest = hash;
      }
    }

    return owner;
  }

  private static long hash(String text, long seed) {
    return XxHash64.hash(text.getBytes(StandardCharsets.UTF_8), seed);
  }
}
