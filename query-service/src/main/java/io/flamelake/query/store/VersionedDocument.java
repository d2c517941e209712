/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.store;

import static java.util.Objects.requireNonNull;

import io.flamelake.segment.store.ObjectExistsException;
import io.flamelake.segment.store.ObjectInfo;
import io.flamelake.segment.store.ObjectStoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A document that several processes change at the same time without losing a change. Each change
 * puts a whole new version under the next number, which only one of them can: the others read that
 * version and try again. All an object store must know for it is how to put where nothing is.
 *
 * <p>A version is deleted only a while after it was replaced. Were it deleted at once, a slow
 * writer could find nothing, or put its own version under a number that was taken and is free
 * again, and its change would be lost.
 */
public final class VersionedDocument {
  private static final Duration KEPT_WHEN_REPLACED = Duration.ofMinutes(10);
  private static final Duration MAX_CHANGE = KEPT_WHEN_REPLACED.dividedBy(2);
  private static final int MAX_ATTEMPTS = 100;

  private final TenantObjects objects;

  /**
   * @param objects the versions of this document and nothing else
   */
  public VersionedDocument(TenantObjects objects) {
    this.objects = requireNonNull(objects, "objects");
  }

  private record Version(long number, byte @Nullable [] content) {}

  /** The newest version, or null if there is none. */
  public byte @Nullable [] find() {
    return newest().content;
  }

  /**
   * Replaces the newest version by what the change makes of it. The change is called again whenever
   * another one was faster.
   *
   * @param change gets null if there is no version; what it throws ends the update
   * @throws ObjectStoreException if others are faster all the time
   */
  public void update(UnaryOperator<byte @Nullable []> change) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      long started = System.nanoTime();
      Version newest = newest();
      byte[] content = requireNonNull(change.apply(newest.content), "content");
      // What was read is no base any more when its successors may have come and gone.
      if (System.nanoTime() - started < MAX_CHANGE.toNanos()
          && putIfAbsent(newest.number + 1, content)) {
        deleteReplaced();
        return;
      }
    }

    throw ObjectStoreException.failed(
        "Others were faster in each of " + MAX_ATTEMPTS + " attempts to change a document", null);
  }

  private boolean putIfAbsent(long number, byte[] content) {
    try {
      objects.putIfAbsent(name(number), content);
      return true;
    } catch (ObjectExistsException e) {
      return false;
    }
  }

  private Version newest() {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      List<ObjectInfo> versions = objects.list(null);
      Version newest = new Version(0, null);
      long number = versions.isEmpty() ? 1 : number(versions.get(versions.size() - 1));
      // A listing may lag behind, so what it does not show yet is looked up.
      byte[] content = objects.find(name(number));
      while (content != null) {
        newest = new Version(number, content);
        content = objects.find(name(++number));
      }

      if (versions.isEmpty() || newest.number > 0) {
        return newest;
      }
    }

    throw ObjectStoreException.failed(
        "Versions of a document vanish as fast as they are read", null);
  }

  private void deleteReplaced() {
    List<ObjectInfo> versions = objects.list(null);
    for (int i = 0; i < versions.size() - 1; i++) {
      // Both times are the store's.
      Instant replaced = versions.get(i + 1).lastModified();
      Instant now = versions.get(versions.size() - 1).lastModified();
      if (replaced.plus(KEPT_WHEN_REPLACED).isBefore(now)) {
        objects.delete(objects.name(versions.get(i)));
      }
    }
  }

  private static String name(long number) {
    return String.format(Locale.ROOT, "%019d", number);
  }

  private long number(ObjectInfo version) {
    return Long.parseLong(objects.name(version));
  }
}
