/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.adhoc;

import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.PprofGzip;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Tells by its content what kind of file a profile is, and reads it. */
final class UploadedProfileParser {
  private static final String SUPPORTED =
      " (supported: pprof, collapsed stacks and speedscope, plain or gzip)";
  private static final byte[] JFR_MAGIC = {'F', 'L', 'R', 0};

  private UploadedProfileParser() {}

  /**
   * @throws UnreadableProfileException if it is of no supported format, damaged or too large
   */
  static UploadedProfile parse(byte[] file, int maxBytes) {
    byte[] content = decompress(file, maxBytes);
    if (ByteBuffer.wrap(content, 0, Math.min(JFR_MAGIC.length, content.length))
        .equals(ByteBuffer.wrap(JFR_MAGIC))) {
      throw new UnreadableProfileException("Java Flight Recordings are not supported" + SUPPORTED);
    }

    String text = findText(content);
    if (text == null) {
      return pprof(content);
    }

    if (text.isBlank()) {
      throw new UnreadableProfileException("The profile is empty" + SUPPORTED);
    }

    try {
      return text.stripLeading().startsWith("{")
          ? SpeedscopeParser.parse(text)
          : CollapsedParser.parse(text);
    } catch (UnreadableProfileException e) {
      throw new UnreadableProfileException(e.getMessage() + SUPPORTED);
    }
  }

  private static byte[] decompress(byte[] file, int maxBytes) {
    try {
      return PprofGzip.decompress(file, maxBytes);
    } catch (MalformedProfileException e) {
      throw new UnreadableProfileException(String.valueOf(e.getMessage()));
    }
  }

  private static UploadedProfile pprof(byte[] content) {
    try {
      return PprofParser.parse(content);
    } catch (MalformedProfileException e) {
      throw new UnreadableProfileException("No readable pprof: " + e.getMessage() + SUPPORTED);
    }
  }

  /** The content as text, or null: a pprof has control characters, if only for its lengths. */
  private static @Nullable String findText(byte[] content) {
    for (byte b : content) {
      if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t') {
        return null;
      }
    }

    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
