/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import io.flamelake.segment.store.ObjectKey;
import io.flamelake.segment.store.ObjectStore;
import io.flamelake.testkit.ForwardingObjectStore;

/** A store whose user dies before one of its puts. */
final class StoppingStore extends ForwardingObjectStore {
  private int putsLeft;

  StoppingStore(ObjectStore store) {
    super(store);
  }

  void stopAfter(int puts) {
    this.putsLeft = puts;
  }

  @Override
  public void putIfAbsent(ObjectKey key, byte[] content) {
    countDown();
    super.putIfAbsent(key, content);
  }

  @Override
  public void put(ObjectKey key, byte[] content) {
    countDown();
    super.put(key, content);
  }

  private void countDown() {
    if (putsLeft == 0) {
      throw new StoppedException();
    }

    putsLeft--;
  }

  /** The store outlives its users. */
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
