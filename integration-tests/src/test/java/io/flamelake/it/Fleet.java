/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The profiles of a small fleet over three hours, the same for the same start: two tenants with the
 * same services, functions that call themselves, two releases, functions that appear late, leaves
 * without symbols and samples with trace ids.
 */
final class Fleet {
  static final List<String> TENANTS = List.of("shop", "bank");
  static final List<String> SERVICES = List.of("cart", "checkout", "payments");
  static final Duration LENGTH = Duration.ofHours(3);
  static final Duration STEP = Duration.ofMinutes(4);

  private static final int STACKS_PER_PROFILE = 10;
  private static final int MAX_DEPTH = 7;
  private static final long SEED = 20_26;

  /** The first ones are called the most. */
  private static final List<String> FUNCTIONS =
      List.of(
          "http.serve",
          "json.encode",
          "db.query",
          "json.decode",
          "cache.get",
          "gc.mark",
          "tls.write",
          "log.write",
          "db.scan",
          "zip.deflate",
          "rpc.call",
          "http.route",
          "regexp.match",
          "gc.sweep",
          "sort.items",
          "map.grow",
          "template.render",
          "tls.read",
          "auth.verify",
          "cache.put",
          "rpc.encode",
          "db.prepare",
          "metrics.observe",
          "config.load",
          "queue.poll",
          "queue.push",
          "time.format",
          "uuid.random",
          "strings.join",
          "zip.inflate");

  private final Instant start;
  private final Random random = new Random(SEED);

  private Fleet(Instant start) {
    this.start = start;
  }

  /** Makes the profiles, in the order of time. */
  static List<FleetProfile> profiles(Instant start) {
    return new Fleet(start).profiles();
  }

  private List<FleetProfile> profiles() {
    List<FleetProfile> profiles = new ArrayList<>();
    for (Duration at = Duration.ZERO; at.compareTo(LENGTH) < 0; at = at.plus(STEP)) {
      for (String tenant : TENANTS) {
        for (String service : SERVICES) {
          profiles.add(profile(tenant, service, at));
        }
      }
    }

    return profiles;
  }

  private FleetProfile profile(String tenant, String service, Duration at) {
    boolean late = at.compareTo(LENGTH.dividedBy(2)) >= 0;
    Map<String, String> labels =
        Map.of(
            "version",
            random.nextInt(4) == 0 == late ? "v1" : "v2",
            "pod",
            service + "-" + random.nextInt(5));
    Map<List<String>, FleetStack> stacks = new LinkedHashMap<>();
    while (stacks.size() < STACKS_PER_PROFILE) {
      FleetStack stack = stack(late && service.equals("cart"));
      stacks.put(stack.functions(), stack);
    }

    String id = new UUID(random.nextLong(), random.nextLong()).toString();
    return new FleetProfile(
        tenant, service, labels, id, start.plus(at), List.copyOf(stacks.values()));
  }

  private FleetStack stack(boolean withNewFunctions) {
    int depth = 1 + random.nextInt(MAX_DEPTH);
    List<String> frames = new ArrayList<>();
    frames.add("main");
    for (int i = 1; i < depth; i++) {
      // Towards the first ones, so that some functions are hot and recursion is common.
      int pick = Math.min(random.nextInt(FUNCTIONS.size()), random.nextInt(FUNCTIONS.size()));
      frames.add(FUNCTIONS.get(pick));
    }

    if (withNewFunctions && random.nextInt(3) == 0) {
      frames.add("feature.next" + random.nextInt(3));
    }

    long address = 0;
    if (random.nextInt(6) == 0) {
      address = 0x1000L + random.nextInt(4);
      frames.add("libopaque.so!0x" + Long.toHexString(address));
    }

    return new FleetStack(frames, address, traceId(), 1_000_000L * (1 + random.nextInt(2000)));
  }

  private @Nullable String traceId() {
    return random.nextInt(5) == 0 ? "%032x".formatted(0xabc0 + random.nextInt(30)) : null;
  }
}
