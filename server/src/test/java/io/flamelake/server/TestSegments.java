/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.segment.Lane;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.SegmentWriter;
import io.flamelake.segment.store.ObjectStore;
import java.time.Clock;
import java.util.UUID;

/** Lanes with segments that nobody looks into. */
public final class TestSegments {
  private TestSegments() {}

  /** Opens a lane and appends so many segments. */
  public static Lane lane(ObjectStore store, int segments) {
    Lane lane = Lane.open(store, Clock.systemUTC());
    for (int i = 0; i < segments; i++) {
      lane.append(segment());
    }

    return lane;
  }

  /** A segment with one record. */
  public static byte[] segment() {
    SegmentWriter writer = new SegmentWriter();
    writer.add(
        TenantId.ANONYMOUS,
        SegmentRecord.builder()
            .receiveTimeNanos(1)
            .profileTimeNanos(1)
            .labels(LabelSet.of("service_name", "checkout"))
            .payload(new byte[] {1, 2, 3})
            .generatedId(new UUID(1, 2))
            .build());
    return writer.finish();
  }
}
