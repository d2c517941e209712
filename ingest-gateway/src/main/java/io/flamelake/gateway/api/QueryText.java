/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import io.flamelake.gateway.format.Utf8;
import io.flamelake.gateway.format.Utf8.Fault;
import io.flamelake.rpc.RpcException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The query of a request as it was sent, where text that is not UTF-8 has not been replaced yet.
 */
final class QueryText {

  private static final int HEX = 16;

  private QueryText() {}

  /**
   * Checks the values of some parameters.
   *
   * @param query with percent-encoding, as in the request line
   * @throws RpcException {@code invalid_argument} if a value is not UTF-8
   */
  static void checkUtf8(@Nullable String query, Set<String> parameters) {
    if (query == null || query.indexOf('%') < 0) {
      return;
    }

    for (String parameter : query.split("[&;]", -1)) {
      int equals = parameter.indexOf('=');
      if (equals > 0 && parameters.contains(parameter.substring(0, equals))) {
        checkValue(parameter.substring(0, equals), decode(parameter.substring(equals + 1)));
      }
    }
  }

  private static void checkValue(String parameter, byte[] value) {
    Fault fault = Utf8.findFault(value, 0, value.length);
    if (fault != null) {
      throw RpcException.invalidArgument(
          "The parameter "
              + parameter
              + " is not UTF-8 at byte "
              + fault.offset()
              + ": 0x"
              + fault.hex());
    }
  }

  private static byte[] decode(String value) {
    byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(encoded.length);
    for (int i = 0; i < encoded.length; i++) {
      boolean isEscape = encoded[i] == '%' && i + 2 < encoded.length;
      int high = isEscape ? Character.digit(encoded[i + 1], HEX) : -1;
      int low = isEscape ? Character.digit(encoded[i + 2], HEX) : -1;
      if (high >= 0 && low >= 0) {
        decoded.write(high * HEX + low);
        i += 2;
      } else {
        decoded.write(encoded[i]);
      }
    }

    return decoded.toByteArray();
  }
}
