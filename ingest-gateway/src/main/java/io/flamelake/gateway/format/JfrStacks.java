/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.ConversionMemory;
import io.flamelake.model.pprof.PprofFrame;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts the stack traces of one chunk into the upload's tree, each when it is first asked for. */
final class JfrStacks {

  private static final int NONE = -1;
  private static final int BYTES_PER_STACK = 32;
  private static final int BYTES_PER_FRAME = 2 * (Long.BYTES + Integer.BYTES);
  private static final int BYTES_PER_METHOD = 128;
  private static final String UNKNOWN = "unknown";
  private static final String SLEEPING = "STATE_SLEEPING";

  private final JfrChunk chunk;
  private final JfrTypes types;
  private final JfrConstants constants;
  private final JfrInput in;
  private final StackTree tree;
  private final ConversionMemory memory;
  private final NameWork names;

  private final Long2IntOpenHashMap stacks = new Long2IntOpenHashMap();
  private final Long2IntOpenHashMap sleeping = new Long2IntOpenHashMap();
  private final Long2ObjectOpenHashMap<String> methodNames = new Long2ObjectOpenHashMap<>();

  // The stack trace that is being read, leaf first.
  private final LongArrayList methods = new LongArrayList();
  private final IntArrayList lines = new IntArrayList();
  private int mostFrames;

  JfrStacks(
      JfrChunk chunk,
      JfrTypes types,
      JfrConstants constants,
      JfrInput in,
      StackTree tree,
      ConversionMemory memory,
      NameWork names) {
    this.chunk = chunk;
    this.types = types;
    this.constants = constants;
    this.in = in;
    this.tree = tree;
    this.memory = memory;
    this.names = names;
    stacks.defaultReturnValue(NONE);
    sleeping.defaultReturnValue(NONE);
  }

  /**
   * The stack in the tree that a stack trace is; the one without frames where an event has none.
   * Moves the input.
   */
  int stack(long key) {
    int known = stacks.get(key);
    if (known != NONE) {
      return known;
    }

    memory.take(BYTES_PER_STACK);
    int stack = StackTree.ROOT;
    int at = constants.find(JfrConstants.STACK_TRACE, key);
    if (at != JfrConstants.NOT_FOUND) {
      in.confine(at, chunk.end());
      readFrames();
      for (int i = methods.size() - 1; i >= 0; i--) {
        String method = methodName(methods.getLong(i));
        stack = tree.child(stack, tree.frame(new PprofFrame(method, "", lines.getInt(i))));
      }
    }

    stacks.put(key, stack);
    return stack;
  }

  /** Whether a thread state is that of a thread that does not run. Moves the input. */
  boolean isSleeping(long key) {
    int known = sleeping.get(key);
    if (known == NONE) {
      memory.take(BYTES_PER_STACK);
      JfrField field = seekField(JfrConstants.THREAD_STATE, key, "name");
      known = field != null && readString(field).equals(SLEEPING) ? 1 : 0;
      sleeping.put(key, known);
    }

    return known == 1;
  }

  private void readFrames() {
    methods.clear();
    lines.clear();
    for (JfrField field : fields(JfrConstants.STACK_TRACE)) {
      if (field.name().equals("frames") && field.array() && !field.pooled()) {
        List<JfrField> frame = types.get(field.typeId()).fields();
        int count = in.readCount("Number of frames");
        if (count > mostFrames) {
          memory.take((long) BYTES_PER_FRAME * (count - mostFrames));
          mostFrames = count;
        }

        for (int i = 0; i < count; i++) {
          readFrame(frame);
        }
      } else {
        types.skip(in, field);
      }
    }
  }

  private void readFrame(List<JfrField> fields) {
    long method = 0;
    int line = 0;
    for (JfrField field : fields) {
      if (field.name().equals("method") && field.pooled() && !field.array()) {
        method = in.readLong();
      } else if (field.name().equals("lineNumber") && types.isNumber(field)) {
        // 65535 and below 0 stand for none.
        int number = (int) in.readLong();
        line = number > 0 && number < 0xffff ? number : 0;
      } else {
        types.skip(in, field);
      }
    }

    methods.add(method);
    lines.add(line);
  }

  private String methodName(long key) {
    String known = methodNames.get(key);
    if (known != null) {
      return known;
    }

    long classKey = readKey(JfrConstants.METHOD, key, "type");
    String owner = symbol(readKey(JfrConstants.CLASS, classKey, "name"));
    String method = symbol(readKey(JfrConstants.METHOD, key, "name"));
    String name = owner.isEmpty() ? method : method.isEmpty() ? owner : owner + "." + method;
    if (name.isEmpty()) {
      name = UNKNOWN;
    }

    names.take(name.length());
    memory.take(BYTES_PER_METHOD + 2L * name.length());
    methodNames.put(key, name);
    return name;
  }

  private String symbol(long key) {
    JfrField field = seekField(JfrConstants.SYMBOL, key, "string");
    return field == null ? "" : readString(field);
  }

  private String readString(JfrField field) {
    if (!types.isString(field)) {
      return "";
    }

    int start = in.position();
    types.skip(in, field);
    names.take(in.position() - start);
    in.seek(start);
    return in.readString(constants);
  }

  /** The key that a constant refers to another constant by; 0, which is none's, if it does not. */
  private long readKey(String type, long key, String name) {
    JfrField field = seekField(type, key, name);
    return field == null || !types.isNumber(field) ? 0 : in.readLong();
  }

  /** Moves the input to a field of a constant; returns null where there is none. */
  private @Nullable JfrField seekField(String type, long key, String name) {
    int at = constants.find(type, key);
    if (at == JfrConstants.NOT_FOUND) {
      return null;
    }

    in.confine(at, chunk.end());
    for (JfrField field : fields(type)) {
      if (field.name().equals(name)) {
        return field;
      }

      types.skip(in, field);
    }

    return null;
  }

  private List<JfrField> fields(String type) {
    JfrType found = types.find(type);
    return found == null ? List.of() : found.fields();
  }
}
