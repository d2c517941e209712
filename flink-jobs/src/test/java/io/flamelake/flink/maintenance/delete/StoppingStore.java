/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import io.flamelake.segment.store.ObjectInfo;
import io.flamelake.segment.store.ObjectKey;
import io.flamelake.segment.store.ObjectStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A store whose user dies before one of its puts. */
final class StoppingStore implements ObjectStore {
  private final ObjectStore store;
  private int putsLeft;

  StoppingStore(ObjectStore store) {
    this.store = store;
  }

  void stopAfter(int puts) {
    this.putsLeft = puts;
  }

  @Override
  public void putIfAbsent(ObjectKey key, byte[] content) {
    countDown();
    store.putIfAbsent(key, content);
  }

  @Override
  public void put(ObjectKey key, byte[] content) {
    countDown();
    store.put(key, content);
  }

  private void countDown() {
    if (putsLeft == 0) {
      throw new StoppedException();
    }

    putsLeft--;
  }

  @Override
  public byte[] get(ObjectKey key) {
    return store.get(key);
  }

  @Override
  public byte[] getRange(ObjectKey key, long offset, int length) {
    return store.getRange(key, offset, length);
  }

  @Override
  public byte[] getSuffix(ObjectKey key, int length) {
    return store.getSuffix(key, length);
  }

  @Override
  public List<ObjectInfo> list(String prefix, @Nullable String startAfter) {
    return store.list(prefix, startAfter);
  }

  @Override
  public List<String> listDirectories(String prefix) {
    return store.listDirectories(prefix);
  }

  @Override
  public void delete(ObjectKey key) {
    store.delete(key);
  }

  @Override
  public void close() {}

  /** The process is gone. */
  static final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private StoppedException() {
      super("Stopped");
    }
  }
}
