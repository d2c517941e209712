/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.ConversionMemory;
import io.flamelake.gateway.convert.Malformed;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;

/** Reads the samples or events of one profile of a speedscope file. */
final class SpeedscopeSamples {

  private static final int NONE = -1;
  private static final int BYTES_PER_ELEMENT = 2 * Long.BYTES;

  private final SpeedscopeJson json;
  private final int[] frames;
  private final StackTree tree;
  private final ConversionMemory memory;
  private final long factor;
  private final StackSamples out;

  // Of a sampled profile, whose weights may come before or after its samples.
  private final IntArrayList stacks = new IntArrayList();
  private final LongArrayList weights = new LongArrayList();
  private int stack;

  // Of an evented profile: the stack that is open, by index in the file, and since when.
  private final IntArrayList openFrames = new IntArrayList();
  private final IntArrayList openStacks = new IntArrayList();
  private long since;
  private boolean started;

  /**
   * Makes a reader.
   *
   * @param frames numbers in the tree by index in the file
   * @param factor what a value of one stands for
   */
  SpeedscopeSamples(
      SpeedscopeJson json,
      int[] frames,
      StackTree tree,
      ConversionMemory memory,
      long factor,
      StackSamples out) {
    this.json = json;
    this.frames = frames;
    this.tree = tree;
    this.memory = memory;
    this.factor = factor;
    this.out = out;
  }

  /** Reads the profile that is the value here. */
  void read(boolean evented) {
    json.forEachField(
        name -> {
          if (evented && name.equals("events")) {
            json.forEachElement(this::readEvent);
          } else if (!evented && name.equals("samples")) {
            json.forEachElement(this::readStack);
          } else if (!evented && name.equals("weights")) {
            json.forEachElement(this::readWeight);
          } else {
            json.skip();
          }
        });
    if (!openFrames.isEmpty()) {
      throw json.malformed(openFrames.size() + " frames are opened and never closed");
    }

    if (stacks.size() != weights.size()) {
      throw json.malformed("weights: " + weights.size() + " (expected: " + stacks.size() + ")");
    }

    for (int i = 0; i < stacks.size(); i++) {
      add(stacks.getInt(i), weights.getLong(i));
    }
  }

  private void readStack() {
    stack = StackTree.ROOT;
    json.forEachElement(() -> stack = tree.child(stack, frames[json.index(frames.length)]));
    memory.take(BYTES_PER_ELEMENT);
    stacks.add(stack);
  }

  private void readWeight() {
    long weight = json.scaled(factor);
    if (weight < 0) {
      throw json.unexpected("a weight from 0 on");
    }

    memory.take(BYTES_PER_ELEMENT);
    weights.add(weight);
  }

  private void readEvent() {
    EventFields event = new EventFields();
    json.forEachField(
        name -> {
          switch (name) {
            case "type" -> event.type = json.string();
            case "frame" -> event.frame = json.index(frames.length);
            case "at" -> {
              event.at = json.scaled(factor);
              event.timed = true;
            }
            default -> json.skip();
          }
        });
    if (event.frame == NONE || !event.timed) {
      throw json.unexpected("an event with frame and at");
    }

    advance(event.at);
    switch (event.type) {
      case "O" -> open(event.frame);
      case "C" -> close(event.frame);
      default ->
          throw json.unexpected("an event of type O or C, not " + Malformed.quote(event.type));
    }
  }

  /** Gives the time since the last event to the stack that was open. */
  private void advance(long at) {
    if (started && at < since) {
      throw json.unexpected("an event that is not before the one before it");
    }

    if (!openStacks.isEmpty()) {
      try {
        add(openStacks.topInt(), Math.subtractExact(at, since));
      } catch (ArithmeticException e) {
        throw json.unexpected("times that are 64 bits apart");
      }
    }

    since = at;
    started = true;
  }

  private void open(int frame) {
    memory.take(BYTES_PER_ELEMENT);
    int caller = openStacks.isEmpty() ? StackTree.ROOT : openStacks.topInt();
    openFrames.push(frame);
    openStacks.push(tree.child(caller, frames[frame]));
  }

  private void close(int frame) {
    if (openFrames.isEmpty() || openFrames.topInt() != frame) {
      throw json.unexpected(
          openFrames.isEmpty()
              ? "no event of type C, nothing being open"
              : "the end of frame " + openFrames.topInt() + ", not of " + frame);
    }

    openFrames.popInt();
    openStacks.popInt();
  }

  private void add(int stack, long value) {
    if (value > 0) {
      out.add(stack, 0, value);
    }
  }

  /** The fields of an event as they come, in any order. */
  private static final class EventFields {
    private String type = "";
    private int frame = NONE;
    private long at;
    private boolean timed;
  }
}
