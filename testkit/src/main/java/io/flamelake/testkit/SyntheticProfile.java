/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

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
    ByteArrayOutputStream out = new ByteArrayOutputStream(pprof.length / 2);
    try (GZIPOutputStream gzip = new FastGzip(out)) {
      gzip.write(pprof);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return out.toByteArray();
  }

  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(ByteArrayOutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
