/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.decode;

import it.unimi.dsi.fastutil.longs.LongSet;
import java.io.Serializable;
import java.time.Instant;

/** Where a starting decoder learns which profiles the table got in the last minutes. */
@FunctionalInterface
public interface CommittedRows extends Serializable {

  /** Returns the {@link RowKeys#row} of each row that was committed since. */
  LongSet loadSince(Instant time);
}
