/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * XXH64, the 64-bit hash behind series ids and stack ids. Fast and well distributed, not a defence
 * against chosen collisions: ids are only ever compared within one tenant.
 *
 * @see <a href="https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md">Specification</a>
 */
public final class XxHash64 {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long PRIME_1 = 0x9E3779B185EBCA87L;
  private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
  private static final long PRIME_3 = 0x165667B19E3779F9L;
  private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
  private static final long PRIME_5 = 0x27D4EB2F165667C5L;

  private static final int STRIPE = 32;
  private static final int LANES_PER_STRIPE = STRIPE / Long.BYTES;

  public static long hash(byte[] bytes, long seed) {
    return hash(bytes, 0, bytes.length, seed);
  }

  public static long hash(byte[] bytes, int offset, int length, long seed) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    int position = offset;
    int end = offset + length;
    long hash;
    if (length >= STRIPE) {
      long a = seed + PRIME_1 + PRIME_2;
      long b = seed + PRIME_2;
      long c = seed;
      long d = seed - PRIME_1;
      do {
        a = round(a, (long) LONGS.get(bytes, position));
        b = round(b, (long) LONGS.get(bytes, position + 8));
        c = round(c, (long) LONGS.get(bytes, position + 16));
        d = round(d, (long) LONGS.get(bytes, position + 24));
        position += STRIPE;
      } while (position <= end - STRIPE);

      hash = mergeAccumulators(a, b, c, d);
    } else {
      hash = seed + PRIME_5;
    }

    hash += length;
    for (; position + 8 <= end; position += 8) {
      hash = mixLong(hash, (long) LONGS.get(bytes, position));
    }

    if (position + 4 <= end) {
      hash ^= ((int) INTS.get(bytes, position) & 0xFFFFFFFFL) * PRIME_1;
      hash = Long.rotateLeft(hash, 23) * PRIME_2 + PRIME_3;
      position += 4;
    }

    for (; position < end; position++) {
      hash ^= (bytes[position] & 0xFF) * PRIME_5;
      hash = Long.rotateLeft(hash, 11) * PRIME_1;
    }

    return avalanche(hash);
  }

  /** The hash of the eight bytes of one long, little endian. */
  public static long hash(long value, long seed) {
    return avalanche(mixLong(seed + PRIME_5 + Long.BYTES, value));
  }

  /** The hash of the bytes of some longs, each little endian; needs no copy of them as bytes. */
  public static long hash(long[] lanes, int offset, int length, long seed) {
    Objects.checkFromIndexSize(offset, length, lanes.length);
    int position = offset;
    int end = offset + length;
    long hash;
    if (length >= LANES_PER_STRIPE) {
      long a = seed + PRIME_1 + PRIME_2;
      long b = seed + PRIME_2;
      long c = seed;
      long d = seed - PRIME_1;
      do {
        a = round(a, lanes[position]);
        b = round(b, lanes[position + 1]);
        c = round(c, lanes[position + 2]);
        d = round(d, lanes[position + 3]);
        position += LANES_PER_STRIPE;
      } while (position <= end - LANES_PER_STRIPE);

      hash = mergeAccumulators(a, b, c, d);
    } else {
      hash = seed + PRIME_5;
    }

    hash += (long) length * Long.BYTES;
    for (; position < end; position++) {
      hash = mixLong(hash, lanes[position]);
    }

    return avalanche(hash);
  }

  private static long round(long accumulator, long lane) {
    return Long.rotateLeft(accumulator + lane * PRIME_2, 31) * PRIME_1;
  }

  private static long mergeAccumulators(long a, long b, long c, long d) {
    long hash =
        Long.rotateLeft(a, 1)
            + Long.rotateLeft(b, 7)
            + Long.rotateLeft(c, 12)
            + Long.rotateLeft(d, 18);
    hash = mergeAccumulator(hash, a);
    hash = mergeAccumulator(hash, b);
    hash = mergeAccumulator(hash, c);
    return mergeAccumulator(hash, d);
  }

  private static long mergeAccumulator(long hash, long accumulator) {
    return (hash ^ round(0, accumulator)) * PRIME_1 + PRIME_4;
  }

  private static long mixLong(long hash, long value) {
    return Long.rotateLeft(hash ^ round(0, value), 27) * PRIME_1 + PRIME_4;
  }

  private static long avalanche(long hash) {
    long result = hash ^ (hash >>> 33);
    result *= PRIME_2;
    result ^= result >>> 29;
    result *= PRIME_3;
    return result ^ (result >>> 32);
  }

  private XxHash64() {}
}
