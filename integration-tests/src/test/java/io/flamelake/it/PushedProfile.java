/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import io.flamelake.testkit.BruteForce;
import java.util.List;
import java.util.UUID;

/** A CPU profile as it was pushed. */
record PushedProfile(UUID id, long timeMillis, String pod, byte[] pprof) {
  long total() {
    return BruteForce.total(List.of(pprof), "cpu");
  }
}
