/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.async;

import io.flamelake.model.TenantId;
import io.flamelake.query.async.AsyncAnswer.Status;
import io.flamelake.query.store.TenantObjects;
import io.flamelake.segment.Ulid;
import io.flamelake.segment.store.ObjectInfo;
import io.flamelake.segment.store.ObjectKey;
import io.flamelake.segment.store.ObjectStore;
import io.flamelake.segment.store.ObjectStoreException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Asynchronous queries in the object store, where every querier finds them: {@code <id>.started},
 * and once it has ended {@code <id>.ended}. Both begin with a byte for their format and eight for a
 * time in milliseconds: until when the query may run, and when it ended.
 */
final class StoredAnswers {
  private static final String KIND = "async-queries";
  private static final String STARTED = ".started";
  private static final String ENDED = ".ended";
  private static final byte FORMAT = 1;

  /** Ending a query and storing its answer takes a while after its time is over. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  private final ObjectStore store;
  private final AsyncQueryConfig config;
  private final Clock clock;

  StoredAnswers(ObjectStore store, AsyncQueryConfig config, Clock clock) {
    this.store = store;
    this.config = config;
    this.clock = clock;
  }

  TenantObjects objects(Collection<TenantId> tenants) {
    return TenantObjects.of(store, KIND, tenants);
  }

  void putStarted(TenantObjects objects, String id) {
    long deadline = clock.millis() + config.timeout().plus(GRACE).toMillis();
    objects.put(id + STARTED, ByteBuffer.allocate(9).put(FORMAT).putLong(deadline).array());
  }

  void putEnded(TenantObjects objects, String id, AsyncAnswer answer) {
    byte[] content =
        answer.status() == Status.SUCCESS
            ? answer.content()
            : answer.error().getBytes(StandardCharsets.UTF_8);
    objects.put(
        id + ENDED,
        ByteBuffer.allocate(10 + content.length)
            .put(FORMAT)
            .putLong(clock.millis())
            .put((byte) answer.status().ordinal())
            .put(content)
            .array());
  }

  /** Returns null for an id that is none of these tenants', or whose answer has expired. */
  @Nullable AsyncAnswer find(TenantObjects objects, String id) {
    byte[] ended = objects.find(id + ENDED);
    if (ended != null) {
      return parseEnded(ended);
    }

    byte[] started = objects.find(id + STARTED);
    if (started == null) {
      return null;
    }

    return clock.millis() <= read(started).getLong()
        ? AsyncAnswer.IN_PROGRESS
        : AsyncAnswer.failure("The querier that ran the query has gone");
  }

  private @Nullable AsyncAnswer parseEnded(byte[] ended) {
    ByteBuffer in = read(ended);
    if (clock.millis() > in.getLong() + config.resultTtl().toMillis()) {
      return null;
    }

    Status status = Status.values()[in.get()];
    byte[] content = Arrays.copyOfRange(ended, in.position(), ended.length);
    return status == Status.SUCCESS
        ? AsyncAnswer.success(content)
        : AsyncAnswer.failure(new String(content, StandardCharsets.UTF_8));
  }

  private static ByteBuffer read(byte[] content) {
    ByteBuffer in = ByteBuffer.wrap(content);
    byte format = in.get();
    if (format != FORMAT) {
      throw ObjectStoreException.failed(
          "Asynchronous query of format " + format + " (expected: " + FORMAT + ")", null);
    }

    return in;
  }

  /** Deletes what nobody can fetch any more, of all tenants. */
  void deleteExpired() {
    long oldest = clock.millis() - config.timeout().plus(GRACE).plus(config.resultTtl()).toMillis();
    for (ObjectInfo object : store.list(KIND + '/', null)) {
      ObjectKey key = object.key();
      String name = key.value().substring(key.value().lastIndexOf('/') + 1);
      if (name.length() > Ulid.LENGTH
          && Ulid.isUlid(name.substring(0, Ulid.LENGTH))
          && Ulid.millis(name) < oldest) {
        store.delete(key);
      }
    }
  }
}
