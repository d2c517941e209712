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

/** gzip as clients use it that send often: fast rather than small. */
public final class FastGzip extends GZIPOutputStream {
  private FastGzip(ByteArrayOutputStream out) throws IOException {
    super(out);
    def.setLevel(Deflater.BEST_SPEED);
  }

  public static byte[] compress(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2);
    try (GZIPOutputStream gzip = new FastGzip(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return out.toByteArray();
  }
}
