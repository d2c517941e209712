/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Arguments of servers that a history is back-filled to, and of their maintenance. */
final class HistoryServer {
  /** All parts but maintenance. */
  static final String WITHOUT_MAINTENANCE = "-target=gateway,ingester,querier,catalog";

  /** A back-filled hour counts as closed when nothing more has come for this long. */
  static final String CLOSED_SOON = "-maintenance.closed-after=3s";

  /** What runs all tasks all the time, instead of after minutes and hours. */
  static final List<String> BUSY_MAINTENANCE =
      Stream.concat(
              Stream.of("-maintenance.interval=1s", CLOSED_SOON),
              Stream.of("roll-up", "retention", "expire", "manifests", "orphans", "segments")
                  .map(task -> "-maintenance." + task + "-interval=2s"))
          .toList();

  private HistoryServer() {}

  /** A server that takes profiles of any time from two tenants, and answers of any range. */
  static String[] arguments(List<String> more) {
    List<String> arguments = new ArrayList<>();
    arguments.add("-auth.multitenancy-enabled=true");
    arguments.add("-gateway.limits.reject-older-than=0s");
    arguments.add("-query.max-query-length=0s");
    arguments.add("-query.max-query-lookback=0s");
    arguments.add("-ingester.checkpoint-interval=1s");
    arguments.addAll(more);
    return arguments.toArray(String[]::new);
  }
}
