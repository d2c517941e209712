/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.delta;

import static java.util.Objects.requireNonNull;

/**
 * What one process had counted when a profile was taken: what the next profile is compared with.
 *
 * @param process as {@link ProcessIdentity} tells it
 * @param timeMicros the profile's time
 * @param receiveMillis when the profile was received
 */
record Baseline(long process, long timeMicros, long receiveMillis, StackValues values) {

  Baseline {
    requireNonNull(values, "values");
  }

  /**
   * Whether the process has begun to count anew since, which only a restart does.
   *
   * <p>Where the process is known and the same, stacks may come and go: their frames can be
   * completed from other stacks of the profile, which changes what a stack is called. Then only a
   * smaller total shows that it is another process after all, at the same address. Where the
   * process is not known, any stack that has less or is missing shows it: Go never forgets one.
   */
  boolean isBeforeRestart(Baseline next) {
    boolean isKnown = process != ProcessIdentity.UNKNOWN && process == next.process;
    return isKnown ? next.values.total() < values.total() : !next.values.covers(values);
  }

  /**
   * The base line after a later profile of the same process. A stack that is missing there keeps
   * its value: should it come back, it counts from there.
   */
  Baseline advancedTo(Baseline next) {
    return new Baseline(
        next.process == ProcessIdentity.UNKNOWN ? process : next.process,
        next.timeMicros,
        next.receiveMillis,
        next.values.max(values));
  }
}
