/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The binary form of a call tree that Pyroscope's tools exchange: for each node the length of its
 * name, the name in UTF-8, its own weight and the number of its children, numbers as unsigned
 * varints. The virtual root comes first; the last child of a node (in order of names) and all below
 * it come before the other children. An empty tree is no bytes at all.
 */
public final class TreeBytes {

  private static final int MAX_VARINT_BYTES = 10;

  /**
   * @param maxNodes see {@link CallTree#truncated}
   */
  public static byte[] encode(CallTree tree, long maxNodes) {
    if (tree.isEmpty()) {
      return new byte[0];
    }

    CallTree shown = tree.truncated(maxNodes);
    ChildrenByName children = ChildrenByName.of(shown);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    IntArrayList stack = new IntArrayList();
    stack.push(CallTree.ROOT);
    while (!stack.isEmpty()) {
      int node = stack.popInt();
      byte[] name = shown.name(node).getBytes(StandardCharsets.UTF_8);
      writeVarint(out, name.length);
      out.writeBytes(name);
      writeVarint(out, shown.self(node));
      writeVarint(out, children.end(node) - children.start(node));
      for (int i = children.start(node); i < children.end(node); i++) {
        stack.push(children.child(i));
      }
    }

    return out.toByteArray();
  }

  /**
   * @throws IllegalArgumentException if the bytes are not a tree
   */
  public static CallTree decode(byte[] bytes) {
    CallTreeBuilder builder = new CallTreeBuilder();
    if (bytes.length == 0) {
      return builder.build();
    }

    ByteBuffer in = ByteBuffer.wrap(bytes);
    // The nodes on the path to the one being read, and how many children of each are to come.
    IntArrayList nodes = new IntArrayList();
    IntArrayList remaining = new IntArrayList();
    int node = CallTree.ROOT;
    readName(in);
    while (true) {
      long self = readVarint(in);
      if (self < 0) {
        throw malformed(in, "negative weight");
      }

      builder.addSelf(node, self);
      int childCount = readLength(in, "more children than bytes");
      if (childCount > 0) {
        nodes.push(node);
        remaining.push(childCount);
      }

      while (!nodes.isEmpty() && remaining.topInt() == 0) {
        nodes.popInt();
        remaining.popInt();
      }

      if (nodes.isEmpty()) {
        break;
      }

      remaining.push(remaining.popInt() - 1);
      node = builder.child(nodes.topInt(), builder.function(readName(in)));
    }

    if (in.hasRemaining()) {
      throw malformed(in, "bytes after the last node");
    }

    return builder.build();
  }

  private static String readName(ByteBuffer in) {
    int length = readLength(in, "name beyond the end");
    ByteBuffer name = in.slice(in.position(), length);
    in.position(in.position() + length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(name).toString();
    } catch (CharacterCodingException e) {
      throw malformed(in, "name is not UTF-8");
    }
  }

  /** Reads a number of things that take a byte or more each. */
  private static int readLength(ByteBuffer in, String problem) {
    long length = readVarint(in);
    if (length < 0 || length > in.remaining()) {
      throw malformed(in, problem);
    }

    return (int) length;
  }

  private static long readVarint(ByteBuffer in) {
    long result = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      if (!in.hasRemaining()) {
        throw malformed(in, "cut off");
      }

      byte next = in.get();
      result |= (long) (next & 0x7F) << (7 * i);
      if (next >= 0) {
        return result;
      }
    }

    throw malformed(in, "number of more than 64 bits");
  }

  private static void writeVarint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }

    out.write((int) rest);
  }

  private static IllegalArgumentException malformed(ByteBuffer in, String problem) {
    return new IllegalArgumentException("Malformed tree at byte " + in.position() + ": " + problem);
  }

  private TreeBytes() {}
}
