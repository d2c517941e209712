/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import com.google.protobuf.CodedOutputStream;
import io.flamelake.proto.google.v1.Profile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** Changes the time of an encoded pprof. */
final class PprofTime {

  private PprofTime() {}

  /** Appends the field once more: in protobuf the last occurrence of a scalar counts. */
  static byte[] replace(byte[] pprof, long timeNanos) {
    int fieldSize = CodedOutputStream.computeInt64Size(Profile.TIME_NANOS_FIELD_NUMBER, timeNanos);
    byte[] result = Arrays.copyOf(pprof, pprof.length + fieldSize);
    try {
      CodedOutputStream field = CodedOutputStream.newInstance(result, pprof.length, fieldSize);
      field.writeInt64(Profile.TIME_NANOS_FIELD_NUMBER, timeNanos);
      field.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return result;
  }
}
