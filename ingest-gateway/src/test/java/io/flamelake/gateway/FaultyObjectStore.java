/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway;

import io.flamelake.segment.store.InMemoryObjectStore;
import io.flamelake.segment.store.ObjectInfo;
import io.flamelake.segment.store.ObjectKey;
import io.flamelake.segment.store.ObjectStore;
import io.flamelake.segment.store.ObjectStoreException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A store in memory that can be away, slow, or leave the outcome of a put open. */
public final class FaultyObjectStore implements ObjectStore {

  private final ObjectStore delegate = new InMemoryObjectStore();
  private final AtomicInteger puts = new AtomicInteger();
  private final Random random = new Random(1);

  private volatile boolean away;
  private volatile boolean ignoresConditions;
  private volatile int lostAnswerPercent;
  private volatile int refusedPercent;
  private volatile long putMillis;

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
    checkThere();
    pause();
    if (draw() < refusedPercent) {
      throw ObjectStoreException.failed("503 SlowDown", null);
    }

    if (ignoresConditions) {
      delegate.put(key, content);
      return;
    }

    delegate.putIfAbsent(key, content);
    if (draw() < lostAnswerPercent) {
      throw ObjectStoreException.unknownOutcome("Connection reset", null);
    }
  }

  @Override
  public void put(ObjectKey key, byte[] content) {
    checkThere();
    delegate.put(key, content);
  }

  @Override
  public byte[] get(ObjectKey key) {
    checkThere();
    return delegate.get(key);
  }

  @Override
  public byte[] getRange(ObjectKey key, long offset, int length) {
    checkThere();
    return delegate.getRange(key, offset, length);
  }

  @Override
  public byte[] getSuffix(ObjectKey key, int length) {
    checkThere();
    return delegate.getSuffix(key, length);
  }

  @Override
  public List<ObjectInfo> list(String prefix, @Nullable String startAfter) {
    checkThere();
    return delegate.list(prefix, startAfter);
  }

  @Override
  public List<String> listDirectories(String prefix) {
    checkThere();
    return delegate.listDirectories(prefix);
  }

  @Override
  public void delete(ObjectKey key) {
    checkThere();
    delegate.delete(key);
  }

  @Override
  public void close() {
    delegate.close();
  }

  private void checkThere() {
    if (away) {
      throw ObjectStoreException.unknownOutcome("No route to host", null);
    }
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
