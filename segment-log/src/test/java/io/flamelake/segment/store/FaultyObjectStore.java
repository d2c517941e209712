/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment.store;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A store whose next puts go wrong in the ways that were asked for, one way for each put. */
public final class FaultyObjectStore implements ObjectStore {
  /** What becomes of a put. */
  public enum Fault {
    /** Nothing goes wrong. */
    NONE,
    /** It is stored, but the caller hears of a time-out. */
    STORED_BUT_TIMED_OUT,
    /** It is lost, and the caller hears of a time-out. */
    LOST_AND_TIMED_OUT,
    /** The store says that it did not take it. */
    REFUSED,
    /** The condition is not looked at. */
    CONDITION_IGNORED
  }

  private final ObjectStore delegate;
  private final Queue<Fault> faults = new ArrayDeque<>();
  private Fault otherwise = Fault.NONE;
  private int failingReads;
  private int putCount;

  public FaultyObjectStore(ObjectStore delegate) {
    this.delegate = delegate;
  }

  /** Sets what becomes of the next puts. */
  public synchronized FaultyObjectStore nextPuts(Fault... next) {
    faults.addAll(List.of(next));
    return this;
  }

  /** Sets what becomes of the puts after those. */
  public synchronized FaultyObjectStore otherPuts(Fault fault) {
    otherwise = fault;
    return this;
  }

  public synchronized FaultyObjectStore failReads(int count) {
    failingReads = count;
    return this;
  }

  public synchronized int putCount() {
    return putCount;
  }

  @Override
  public void putIfAbsent(ObjectKey key, byte[] content) {
    switch (nextFault()) {
      case STORED_BUT_TIMED_OUT -> {
        delegate.putIfAbsent(key, content);
        throw ObjectStoreException.unknownOutcome("Time-out after the put", null);
      }
      case LOST_AND_TIMED_OUT ->
          throw ObjectStoreException.unknownOutcome("Time-out before the put", null);
      case REFUSED -> throw ObjectStoreException.failed("Slow down", null);
      case CONDITION_IGNORED -> delegate.put(key, content);
      case NONE -> delegate.putIfAbsent(key, content);
    }
  }

  @Override
  public void put(ObjectKey key, byte[] content) {
    delegate.put(key, content);
  }

  @Override
  public byte[] get(ObjectKey key) {
    checkRead();
    return delegate.get(key);
  }

  @Override
  public byte[] getRange(ObjectKey key, long offset, int length) {
    checkRead();
    return delegate.getRange(key, offset, length);
  }

  @Override
  public byte[] getSuffix(ObjectKey key, int length) {
    checkRead();
    return delegate.getSuffix(key, length);
  }

  @Override
  public List<ObjectInfo> list(String prefix, @Nullable String startAfter) {
    return delegate.list(prefix, startAfter);
  }

  @Override
  public List<String> listDirectories(String prefix) {
    return delegate.listDirectories(prefix);
  }

  @Override
  public void delete(ObjectKey key) {
    delegate.delete(key);
  }

  @Override
  public void close() {
    delegate.close();
  }

  private synchronized Fault nextFault() {
    putCount++;
    Fault fault = faults.poll();
    return fault == null ? otherwise : fault;
  }

  private synchronized void checkRead() {
    if (failingReads > 0) {
      failingReads--;
      throw ObjectStoreException.failed("Reset", null);
    }
  }
}
