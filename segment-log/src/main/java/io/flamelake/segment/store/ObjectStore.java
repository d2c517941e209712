/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whole objects under keys, put at once and never changed in place.
 *
 * <p>All methods block, and may be called from any thread. Once a put has returned, the object is
 * durable and complete for every reader: a reader never sees a part of one. A put that throws an
 * {@link ObjectStoreException} with {@link ObjectStoreException#isOutcomeUnknown()} may have
 * happened, or may yet happen.
 *
 * <p>Not promised: that a listing shows an object at once (a store may lag behind), or an order
 * between puts of different keys.
 */
public interface ObjectStore extends AutoCloseable {

  /**
   * Puts an object where there is none. Of any number of concurrent calls for one key exactly one
   * succeeds. The content is not kept after the call, and not changed by it.
   *
   * @throws ObjectExistsException if there is an object, possibly of an earlier attempt of the same
   *     caller
   */
  void putIfAbsent(ObjectKey key, byte[] content);

  /** Puts an object, in place of any that is there. */
  void put(ObjectKey key, byte[] content);

  /**
   * Returns an object's content; the array is the caller's.
   *
   * @throws ObjectNotFoundException if there is none
   */
  byte[] get(ObjectKey key);

  /**
   * Returns exactly {@code length} bytes from {@code offset}.
   *
   * @throws ObjectNotFoundException if there is no such object
   * @throws ObjectStoreException if the object ends before that
   */
  byte[] getRange(ObjectKey key, long offset, int length);

  /**
   * Returns the last {@code length} bytes, or the whole object if it is shorter.
   *
   * @throws ObjectNotFoundException if there is no such object
   */
  byte[] getSuffix(ObjectKey key, int length);

  /**
   * Returns all objects whose keys start with {@code prefix}, in ascending order of the keys.
   * Objects with names that are no {@link ObjectKey} are left out.
   *
   * @param startAfter only keys greater than this are returned
   */
  List<ObjectInfo> list(String prefix, @Nullable String startAfter);

  /** Whether there is an object under a key. */
  default boolean exists(ObjectKey key) {
    try {
      getSuffix(key, 1);
      return true;
    } catch (ObjectNotFoundException e) {
      return false;
    }
  }

  /**
   * Whether {@link #exists} is so much cheaper than {@link #list} that a run of known names is
   * better looked up one by one. Not on stores behind a network.
   */
  default boolean hasCheapLookups() {
    return false;
  }

  /**
   * Returns the names of the parts directly below a prefix that have objects below them, in
   * ascending order: {@code "segments/"} gives the lanes.
   *
   * @param prefix empty, or ending with a slash
   */
  List<String> listDirectories(String prefix);

  /** Deletes an object; it is no error if there is none. */
  void delete(ObjectKey key);

  /** Releases what the store opened itself. */
  @Override
  void close();
}
