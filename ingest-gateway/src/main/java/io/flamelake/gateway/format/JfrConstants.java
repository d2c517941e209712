/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.ConversionMemory;
import io.flamelake.gateway.convert.Malformed;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The constant pools of one chunk, as far as stacks need them. Only where each constant is, is
 * kept: it is read when something refers to it.
 */
final class JfrConstants {

  static final String STACK_TRACE = "jdk.types.StackTrace";
  static final String METHOD = "jdk.types.Method";
  static final String CLASS = "java.lang.Class";
  static final String SYMBOL = "jdk.types.Symbol";
  static final String THREAD_STATE = "jdk.types.ThreadState";
  static final String STRING = "java.lang.String";

  /** No constant is at the head of the file. */
  static final int NOT_FOUND = 0;

  /** A busy JVM records a few hundred thousand an hour. */
  private static final int MAX_CONSTANTS = 4_000_000;

  private static final int CONSTANTS_EVENT = 1;

  /** A slot in a hash table that is at most three quarters full, while growing. */
  private static final int BYTES_PER_CONSTANT = 48;

  private static final int CHECK_INTERVAL = 1 << 16;

  private final JfrChunk chunk;
  private final JfrTypes types;
  private final JfrInput in;
  private final ConversionMemory memory;
  private final UploadContext context;
  private final Map<String, Long2IntOpenHashMap> pools = new HashMap<>();
  private int count;

  private JfrConstants(
      JfrChunk chunk, JfrTypes types, JfrInput in, ConversionMemory memory, UploadContext context) {
    this.chunk = chunk;
    this.types = types;
    this.in = in;
    this.memory = memory;
    this.context = context;
    for (String type : new String[] {STACK_TRACE, METHOD, CLASS, SYMBOL, THREAD_STATE, STRING}) {
      pools.put(type, new Long2IntOpenHashMap());
    }
  }

  static JfrConstants read(
      JfrChunk chunk, JfrTypes types, JfrInput in, ConversionMemory memory, UploadContext context) {
    JfrConstants constants = new JfrConstants(chunk, types, in, memory, context);
    constants.readEvents();
    return constants;
  }

  /** Where a constant is, or {@link #NOT_FOUND}. */
  int find(String type, long key) {
    Long2IntOpenHashMap pool = pools.get(type);
    return pool == null ? NOT_FOUND : pool.get(key);
  }

  /** A string of the pool of strings; an empty one if it is not there. */
  String string(long key) {
    int at = find(STRING, key);
    if (at == NOT_FOUND) {
      return "";
    }

    int back = in.position();
    int end = JfrEvents.end(in);
    in.confine(at, chunk.end());
    // A constant that is itself a reference is none.
    String string = in.readString(null);
    in.confine(back, end);
    return string;
  }

  /** Each event with constants says how far before it the next older one is. */
  private void readEvents() {
    int event = chunk.constants();
    int newer = chunk.end();
    while (true) {
      JfrEvents.enter(in, chunk, event, CONSTANTS_EVENT);
      if (JfrEvents.end(in) > newer) {
        throw Malformed.at(event, "Events with constants overlap");
      }

      // Start and duration.
      in.readLong();
      in.readLong();
      long delta = in.readLong();
      in.readByte();
      readPools();
      if (delta == 0) {
        return;
      }

      if (delta > 0 || delta < chunk.start() + JfrChunk.HEADER_BYTES - event) {
        throw Malformed.at(event, "Distance to older constants: " + delta);
      }

      newer = event;
      event += (int) delta;
    }
  }

  private void readPools() {
    for (int left = in.readCount("Number of constant pools"); left > 0; left--) {
      long typeId = in.readLong();
      JfrType type = types.get(typeId);
      int size = in.readCount("Number of constants");
      count += size;
      if (count > MAX_CONSTANTS) {
        throw Malformed.at(in.position(), "More than " + MAX_CONSTANTS + " constants");
      }

      readPool(typeId, pools.get(type.name()), size);
    }
  }

  private void readPool(long typeId, @Nullable Long2IntOpenHashMap pool, int size) {
    for (int i = 0; i < size; i++) {
      if (i % CHECK_INTERVAL == 0) {
        context.checkWanted();
      }

      long key = in.readLong();
      if (pool != null) {
        memory.take(BYTES_PER_CONSTANT);
        // The newer event is read first, and holds the constant that counts.
        pool.putIfAbsent(key, in.position());
      }

      types.skip(in, typeId);
    }
  }
}
