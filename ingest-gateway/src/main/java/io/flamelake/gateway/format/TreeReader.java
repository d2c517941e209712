/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.Malformed;
import it.unimi.dsi.fastutil.ints.IntArrayList;

/**
 * A tree of functions in preorder, the first node being the nameless root. A node is: length of the
 * name, name, value of the node itself, number of children; all numbers are unsigned varints.
 */
final class TreeReader {

  /** A node without a name takes a byte for each number. */
  private static final int MIN_NODE_BYTES = 3;

  private static final int BYTES_PER_LEVEL = 2 * Integer.BYTES * 2;

  private TreeReader() {}

  static void read(byte[] upload, StackConsumer out) {
    ByteCursor in = new ByteCursor(upload);
    // Of the nodes on the way from the root: their stacks and how many children are still to come.
    IntArrayList stacks = new IntArrayList();
    IntArrayList missing = new IntArrayList();
    do {
      int length = in.readCount("Length of a name", 1);
      int name = in.skip(length);
      long value = in.readUvarint("Value");
      int children = in.readCount("Number of children", MIN_NODE_BYTES);
      int stack = StackTree.ROOT;
      if (!stacks.isEmpty()) {
        stack = out.child(stacks.topInt(), Utf8.decode(upload, name, name + length));
      } else if (length > 0) {
        throw Malformed.at(0, "Name of the root: " + length + " bytes (expected: none)");
      }

      out.add(stack, value);
      out.take(BYTES_PER_LEVEL);
      stacks.push(stack);
      missing.push(children);
      leaveFinished(stacks, missing);
    } while (!stacks.isEmpty());

    in.checkEnd();
  }

  private static void leaveFinished(IntArrayList stacks, IntArrayList missing) {
    while (!missing.isEmpty() && missing.topInt() == 0) {
      missing.popInt();
      stacks.popInt();
    }

    if (!missing.isEmpty()) {
      missing.push(missing.popInt() - 1);
    }
  }
}
