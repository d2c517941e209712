/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** Objects on the heap, gone with the process: for tests and trials. */
public final class InMemoryObjectStore implements ObjectStore {
  private final ConcurrentNavigableMap<String, StoredObject> objects =
      new ConcurrentSkipListMap<>();

  @Override
  public void putIfAbsent(ObjectKey key, byte[] content) {
    if (objects.putIfAbsent(key.value(), StoredObject.copyOf(content)) != null) {
      throw new ObjectExistsException(key, null);
    }
  }

  @Override
  public void put(ObjectKey key, byte[] content) {
    objects.put(key.value(), StoredObject.copyOf(content));
  }

  @Override
  public byte[] get(ObjectKey key) {
    return load(key).clone();
  }

  @Override
  public byte[] getRange(ObjectKey key, long offset, int length) {
    byte[] content = load(key);
    if (offset < 0 || length < 0 || offset + length > content.length) {
      throw Ranges.beyondEnd(key, offset, length, content.length);
    }

    return Arrays.copyOfRange(content, (int) offset, (int) offset + length);
  }

  @Override
  public byte[] getSuffix(ObjectKey key, int length) {
    byte[] content = load(key);
    return Arrays.copyOfRange(content, Math.max(0, content.length - length), content.length);
  }

  @Override
  public List<ObjectInfo> list(String prefix, @Nullable String startAfter) {
    boolean startsInside = startAfter != null && startAfter.compareTo(prefix) > 0;
    Map<String, StoredObject> tail =
        startsInside ? objects.tailMap(startAfter, false) : objects.tailMap(prefix, true);
    List<ObjectInfo> found = new ArrayList<>();
    for (Map.Entry<String, StoredObject> entry : tail.entrySet()) {
      if (!entry.getKey().startsWith(prefix)) {
        break;
      }

      StoredObject object = entry.getValue();
      found.add(
          new ObjectInfo(
              new ObjectKey(entry.getKey()), object.content().length, object.lastModified()));
    }

    return found;
  }

  @Override
  public boolean exists(ObjectKey key) {
    return objects.containsKey(key.value());
  }

  @Override
  public boolean hasCheapLookups() {
    return true;
  }

  @Override
  public List<String> listDirectories(String prefix) {
    TreeSet<String> names = new TreeSet<>();
    for (ObjectInfo object : list(prefix, null)) {
      String rest = object.key().value().substring(prefix.length());
      int slash = rest.indexOf('/');
      if (slash > 0) {
        names.add(rest.substring(0, slash));
      }
    }

    return List.copyOf(names);
  }

  @Override
  public void delete(ObjectKey key) {
    objects.remove(key.value());
  }

  @Override
  public void close() {
    // Whoever holds the store may close it while another still reads: the heap frees itself.
  }

  private byte[] load(ObjectKey key) {
    StoredObject object = objects.get(key.value());
    if (object == null) {
      throw new ObjectNotFoundException(key, null);
    }

    return object.content();
  }

  private static final class StoredObject {
    private final byte[] content;
    private final Instant lastModified;

    private StoredObject(byte[] content, Instant lastModified) {
      this.content = content;
      this.lastModified = lastModified;
    }

    static StoredObject copyOf(byte[] content) {
      return new StoredObject(content.clone(), Instant.now());
    }

    byte[] content() {
      return content;
    }

    Instant lastModified() {
      return lastModified;
    }
  }
}
