/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** gzip by the JDK's own writer. */
public final class Gzip {

  private Gzip() {}

  public static byte[] compress(byte[] bytes) {
    return compress(bytes, Deflater.DEFAULT_COMPRESSION);
  }

  /** As clients compress that send often: fast rather than small. */
  public static byte[] compressFast(byte[] bytes) {
    return compress(bytes, Deflater.BEST_SPEED);
  }

  private static byte[] compress(byte[] bytes, int level) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2);
    try (GZIPOutputStream gzip = new LevelledOutput(out, level)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return out.toByteArray();
  }

  private static final class LevelledOutput extends GZIPOutputStream {
    private LevelledOutput(ByteArrayOutputStream out, int level) throws IOException {
      super(out);
      def.setLevel(level);
    }
  }
}
