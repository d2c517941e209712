/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.health;

import java.time.Duration;

/**
 * What the segment log holds that is not in the tables.
 *
 * @param lanes that may still get segments, or have some that are not in the tables
 * @param pendingSegments segments that are not in the tables
 * @param lag for how long the first of them has been waiting, as far as this process saw it
 * @param quarantinedSegments segments that cannot be read, each of which stops its lane
 */
record LogHealth(int lanes, long pendingSegments, Duration lag, int quarantinedSegments) {
  static final LogHealth NONE = new LogHealth(0, 0, Duration.ZERO, 0);
}
