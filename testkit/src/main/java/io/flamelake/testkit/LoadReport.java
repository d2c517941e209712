/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import java.time.Duration;

/**
 * What a run of the load generator came to.
 *
 * @param sent profiles pushed, each once however often it was tried
 * @param failedAttempts tries that ended without an answer or with 429 or 5xx
 * @param refused profiles answered with another 4xx, which is never tried again
 * @param slowestAttempt from sending one request to its answer or failure
 * @param pprofBytes uncompressed size of what was sent
 */
public record LoadReport(
    long sent,
    long acknowledged,
    long refused,
    long failedAttempts,
    Duration slowestAttempt,
    Duration elapsed,
    long pprofBytes) {

  public long unacknowledged() {
    return sent - acknowledged;
  }

  @Override
  public String toString() {
    double seconds = elapsed.toNanos() / 1e9;
    return String.format(
        "sent=%d acknowledged=%d unacknowledged=%d refused=%d failed_attempts=%d"
            + " slowest_attempt=%dms rate=%.1f/s pprof=%.1fMB/s",
        sent,
        acknowledged,
        unacknowledged(),
        refused,
        failedAttempts,
        slowestAttempt.toMillis(),
        acknowledged / seconds,
        pprofBytes / seconds / 1e6);
  }
}
