/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentReader;
import io.flamelake.segment.store.InMemoryObjectStore;
import io.flamelake.segment.store.ObjectKey;
import io.flamelake.testkit.ForwardingObjectStore;
import io.flamelake.testkit.RecordRows;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Does with each segment what its readers will do, and keeps nothing of it. */
final class SegmentCheckingStore extends ForwardingObjectStore {

  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  SegmentCheckingStore() {
    super(new InMemoryObjectStore());
  }

  /** Fails if anything was stored that a reader cannot read. */
  void checkStored() {
    Throwable thrown = failure.getAndSet(null);
    if (thrown != null) {
      throw new AssertionError("A profile was stored that cannot be read", thrown);
    }
  }

  @Override
  public void putIfAbsent(ObjectKey key, byte[] content) {
    SegmentId id = SegmentId.find(key);
    if (id == null) {
      super.putIfAbsent(key, content);
      return;
    }

    try {
      SegmentReader.parse(content, id).forEachRecord(RecordRows::of);
    } catch (RuntimeException | Error e) {
      failure.set(e);
    }
  }
}
