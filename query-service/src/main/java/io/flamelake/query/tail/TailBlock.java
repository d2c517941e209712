/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.tail;

import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.segment.SegmentId;
import java.util.List;

/**
 * One tenant's rows of one segment, by series. Immutable.
 *
 * @param bytes roughly what the rows and their symbols take in memory
 * @param hasClientIds whether any profile may come a second time
 */
record TailBlock(SegmentId segment, List<Series> series, long bytes, boolean hasClientIds) {

  /**
   * The rows of one series, in the order they were accepted.
   *
   * @param labels the stored labels
   * @param allLabels the stored and the derived labels
   * @param minMicros time of the oldest row
   * @param maxMicros time of the newest row
   */
  record Series(
      ProfileType type,
      String serviceName,
      LabelSet labels,
      LabelSet allLabels,
      long minMicros,
      long maxMicros,
      List<Row> rows) {}

  /**
   * A row.
   *
   * @param key hash of its identity if the client chose the profile's id, 0 if not
   */
  record Row(ProfileRow profile, long key) {}
}
