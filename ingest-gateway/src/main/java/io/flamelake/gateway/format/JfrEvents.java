/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.Malformed;

/** How events follow each other in a chunk: each begins with its size and the id of its type. */
final class JfrEvents {

  private JfrEvents() {}

  /**
   * Confines the input to an event, and moves behind its size and type.
   *
   * @return the id of the type
   */
  static long enter(JfrInput in, JfrChunk chunk, int event) {
    in.confine(event, chunk.end());
    long size = in.readLong();
    if (size <= in.position() - event || size > chunk.end() - event) {
      throw Malformed.at(
          event,
          "Size of an event: "
              + size
              + " (expected: "
              + (in.position() - event + 1)
              + ".."
              + (chunk.end() - event)
              + ")");
    }

    in.confine(in.position(), event + (int) size);
    return in.readLong();
  }

  /** Enters an event of which the type is known. */
  static void enter(JfrInput in, JfrChunk chunk, int event, long expectedType) {
    long type = enter(in, chunk, event);
    if (type != expectedType) {
      throw Malformed.at(event, "Type of an event: " + type + " (expected: " + expectedType + ")");
    }
  }

  /** Where the event ends that the input is confined to. */
  static int end(JfrInput in) {
    return in.position() + in.remaining();
  }
}
