/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import io.flamelake.model.TenantId;
import io.flamelake.model.normalize.ProfileNormalizer;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentReader;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.store.InMemoryObjectStore;
import io.flamelake.segment.store.ObjectKey;
import io.flamelake.testkit.ForwardingObjectStore;
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
      SegmentReader.parse(content, id).forEachRecord(SegmentCheckingStore::read);
    } catch (RuntimeException | Error e) {
      failure.set(e);
    }
  }

  private static void read(TenantId tenant, SegmentRecord record) {
    new ProfileNormalizer()
        .normalize(
            tenant,
            record.profileId(),
            record.receiveTimeNanos(),
            record.labels(),
            PprofDecoder.decode(
                record.payload(),
                record.payloadOffset(),
                record.payloadLength(),
                PprofLimits.STORED));
  }
}
