/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.store.ObjectStore;
import io.flamelake.segment.store.ObjectStoreException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals the lanes of processes that were killed: a gateway seals its own when it ends, and nobody
 * could do so for one that did not get that far. Readers ask an open lane for more for ever.
 *
 * <p>To be used only by who knows that no other gateway writes to the store.
 */
final class AbandonedLanes {
  private static final Logger LOG = LoggerFactory.getLogger(AbandonedLanes.class);

  /** Bounds the time of a start. Older ones were among the newest at an earlier start. */
  private static final int MAX_LANES = 200;

  private AbandonedLanes() {}

  /** Seals every lane that is not; one that cannot be stays open until the next start. */
  static void seal(ObjectStore store) {
    SegmentLog log = new SegmentLog(store);
    List<LaneId> lanes = log.lanes();
    for (LaneId lane : lanes.subList(Math.max(0, lanes.size() - MAX_LANES), lanes.size())) {
      try {
        LOG.debug("Lane {} ends at {}", lane, log.seal(lane).sequence());
      } catch (ObjectStoreException e) {
        LOG.warn("Lane {} of an earlier process cannot be sealed", lane, e);
      }
    }
  }
}
