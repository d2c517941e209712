/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out at start-up whether a store honours the condition of {@link ObjectStore#putIfAbsent}.
 *
 * <p>On a store that ignores it two gateways overwrite each other's segments, and what was
 * acknowledged is lost without an error: such a store is refused.
 */
public final class ConditionalPutProbe {
  private static final Logger LOG = LoggerFactory.getLogger(ConditionalPutProbe.class);

  private ConditionalPutProbe() {}

  /**
   * Puts an object twice, reads it and deletes it.
   *
   * @throws ObjectStoreException if the store cannot be used; says what to do
   */
  public static void check(ObjectStore store) {
    ObjectKey key = new ObjectKey("probe/" + UUID.randomUUID().toString().toLowerCase(Locale.ROOT));
    byte[] first = "first".getBytes(US_ASCII);
    putFirst(store, key, first);
    try {
      boolean refused = isSecondPutRefused(store, key);
      byte[] stored = store.get(key);
      if (!refused || !Arrays.equals(stored, first)) {
        throw ObjectStoreException.failed(
            "The object store ignores If-None-Match: a second put of "
                + key
                + (refused ? " was refused but changed the object" : " was accepted")
                + ". Segments could overwrite each other. Use a store or a version of it with"
                + " conditional writes (AWS S3, MinIO, Ceph Squid or later, Cloudflare R2, or a"
                + " local directory)",
            null);
      }
    } finally {
      deleteQuietly(store, key);
    }
  }

  private static void putFirst(ObjectStore store, ObjectKey key, byte[] content) {
    try {
      store.putIfAbsent(key, content);
    } catch (ObjectExistsException e) {
      // The store's client sent the put twice, and the first one had arrived.
      LOG.info("First put of probe object {} had to be repeated", key);
    } catch (ObjectStoreException e) {
      throw ObjectStoreException.failed(
          "Cannot write to the object store, check its address, its credentials and that the bucket"
              + " or directory exists and may be written: "
              + e.getMessage(),
          e);
    }
  }

  private static boolean isSecondPutRefused(ObjectStore store, ObjectKey key) {
    try {
      store.putIfAbsent(key, "second".getBytes(US_ASCII));
      return false;
    } catch (ObjectExistsException e) {
      return true;
    }
  }

  private static void deleteQuietly(ObjectStore store, ObjectKey key) {
    try {
      store.delete(key);
    } catch (ObjectStoreException e) {
      LOG.warn("Probe object {} stays in the store", key, e);
    }
  }
}
