/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import io.flamelake.segment.store.ObjectInfo;
import io.flamelake.segment.store.ObjectKey;
import io.flamelake.segment.store.ObjectStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A store that hands each call on to another one. A test overrides what it wants otherwise.
 *
 * <p>What {@link ObjectStore} does by its other methods is not handed on, so that it meets those
 * that are overridden.
 */
public abstract class ForwardingObjectStore implements ObjectStore {
  private final ObjectStore store;

  protected ForwardingObjectStore(ObjectStore store) {
    this.store = store;
  }

  /** Called for each call but {@link #close}: where it goes, unless this throws. */
  protected ObjectStore target() {
    return store;
  }

  @Override
  public void putIfAbsent(ObjectKey key, byte[] content) {
    target().putIfAbsent(key, content);
  }

  @Override
  public void put(ObjectKey key, byte[] content) {
    target().put(key, content);
  }

  @Override
  public byte[] get(ObjectKey key) {
    return target().get(key);
  }

  @Override
  public byte[] getRange(ObjectKey key, long offset, int length) {
    return target().getRange(key, offset, length);
  }

  @Override
  public byte[] getSuffix(ObjectKey key, int length) {
    return target().getSuffix(key, length);
  }

  @Override
  public List<ObjectInfo> list(String prefix, @Nullable String startAfter) {
    return target().list(prefix, startAfter);
  }

  @Override
  public List<String> listDirectories(String prefix) {
    return target().listDirectories(prefix);
  }

  @Override
  public void delete(ObjectKey key) {
    target().delete(key);
  }

  @Override
  public void close() {
    store.close();
  }
}
