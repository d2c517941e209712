/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import java.time.Instant;
import java.util.Map;

/**
 * A profile as an agent would push it.
 *
 * @param labels the labels to push it with, {@code __name__} among them
 * @param pprof uncompressed; not to be changed
 * @param totals the rows it becomes, with the sum of each one's values
 * @param sampleCount how many values the rows hold together
 */
public record SyntheticProfile(
    LabelSet labels, Instant time, byte[] pprof, Map<ProfileType, Long> totals, int sampleCount) {

  /** The pprof as agents send it; fast rather than small. */
  public byte[] gzip() {
    return Gzip.compressFast(pprof);
  }
}
