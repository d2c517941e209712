/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.Arrays;

/**
 * A prefix trie over folded stacks in preorder. A node is: length of the name, name, value, number
 * of children; all numbers are unsigned varints. The names from the root to a node, put together,
 * are the stack that has the node's value; they may be cut anywhere, even within a character.
 */
final class TrieReader {

  /** A node without a name takes a byte for each number. */
  private static final int MIN_NODE_BYTES = 3;

  private static final int BYTES_PER_LEVEL = 4 * Integer.BYTES * 2;

  private final byte[] upload;
  private final ByteCursor in;
  private final StackConsumer out;
  private final NameWork names;

  /** The names from the root to where the reader is, put together. */
  private byte[] key = {};

  // For each node on the way there: how many children are still to come, the length of its key, the
  // stack of the frames that have ended in it, and where in the key the frame after them begins.
  private final IntArrayList missing = new IntArrayList();
  private final IntArrayList lengths = new IntArrayList();
  private final IntArrayList stacks = new IntArrayList();
  private final IntArrayList frameStarts = new IntArrayList();

  private TrieReader(byte[] upload, StackConsumer out) {
    this.upload = upload;
    this.in = new ByteCursor(upload);
    this.out = out;
    this.names = new NameWork(upload.length);
  }

  static void read(byte[] upload, StackConsumer out) {
    new TrieReader(upload, out).read();
  }

  private void read() {
    do {
      readNode();
      leaveFinished();
    } while (!missing.isEmpty());

    in.checkEnd();
  }

  private void readNode() {
    boolean root = missing.isEmpty();
    int stack = root ? StackTree.ROOT : stacks.topInt();
    int frameStart = root ? 0 : frameStarts.topInt();
    int keyLength = root ? 0 : lengths.topInt();

    int nameLength = in.readCount("Length of a name", 1);
    int name = in.skip(nameLength);
    int newLength = keyLength + nameLength;
    ensureKey(newLength);
    System.arraycopy(upload, name, key, keyLength, nameLength);
    for (int at = keyLength; at < newLength; at++) {
      if (key[at] == ';') {
        stack = out.child(stack, decode(frameStart, at));
        frameStart = at + 1;
      }
    }

    long value = in.readUvarint("Value");
    int children = in.readCount("Number of children", MIN_NODE_BYTES);
    if (value > 0) {
      int leaf = newLength == 0 ? stack : out.child(stack, decode(frameStart, newLength));
      out.add(leaf, value);
    }

    out.take(BYTES_PER_LEVEL);
    missing.push(children);
    lengths.push(newLength);
    stacks.push(stack);
    frameStarts.push(frameStart);
  }

  private void leaveFinished() {
    while (!missing.isEmpty() && missing.topInt() == 0) {
      missing.popInt();
      lengths.popInt();
      stacks.popInt();
      frameStarts.popInt();
    }

    if (!missing.isEmpty()) {
      missing.push(missing.popInt() - 1);
    }
  }

  private String decode(int from, int to) {
    names.take(to - from);
    return Utf8.decode(key, from, to);
  }

  private void ensureKey(int length) {
    if (length > key.length) {
      int capacity = Math.max(length, Math.max(1024, 2 * key.length));
      out.take(capacity);
      key = Arrays.copyOf(key, capacity);
    }
  }
}
