/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway;

import io.flamelake.segment.store.InMemoryObjectStore;
import io.flamelake.segment.store.ObjectKey;
import io.flamelake.segment.store.ObjectStore;
import io.flamelake.segment.store.ObjectStoreException;
import io.flamelake.testkit.ForwardingObjectStore;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** A store in memory that can be away, slow, or leave the outcome of a put open. */
public final class FaultyObjectStore extends ForwardingObjectStore {

  private final AtomicInteger puts = new AtomicInteger();
  private final Random random = new Random(1);

  private volatile boolean away;
  private volatile boolean ignoresConditions;
  private volatile int lostAnswerPercent;
  private volatile int refusedPercent;
  private volatile long putMillis;

  public FaultyObjectStore() {
    super(new InMemoryObjectStore());
  }

  /** Every call fails; puts with an unknown outcome, though nothing arrives. */
  public void setAway(boolean isAway) {
    this.away = isAway;
  }

  public void setIgnoresConditions(boolean ignores) {
    this.ignoresConditions = ignores;
  }

  /** How many puts arrive although the caller is told that nobody knows. */
  public void setLostAnswerPercent(int percent) {
    this.lostAnswerPercent = percent;
  }

  /** How many puts are refused, as a throttling store does. */
  public void setRefusedPercent(int percent) {
    this.refusedPercent = percent;
  }

  public void setPutMillis(long millis) {
    this.putMillis = millis;
  }

  /** Puts tried, whatever became of them. */
  public int puts() {
    return puts.get();
  }

  @Override
  public void putIfAbsent(ObjectKey key, byte[] content) {
    puts.incrementAndGet();
    ObjectStore store = target();
    pause();
    if (draw() < refusedPercent) {
      throw ObjectStoreException.failed("503 SlowDown", null);
    }

    if (ignoresConditions) {
      store.put(key, content);
      return;
    }

    store.putIfAbsent(key, content);
    if (draw() < lostAnswerPercent) {
      throw ObjectStoreException.unknownOutcome("Connection reset", null);
    }
  }

  @Override
  protected ObjectStore target() {
    if (away) {
      throw ObjectStoreException.unknownOutcome("No route to host", null);
    }

    return super.target();
  }

  private int draw() {
    synchronized (random) {
      return random.nextInt(100);
    }
  }

  private void pause() {
    try {
      Thread.sleep(putMillis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ObjectStoreException.unknownOutcome("Interrupted", e);
    }
  }
}
