/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment.store;

import static java.util.Objects.requireNonNull;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Objects as files below a directory, which several processes of one machine may share.
 *
 * <p>An object is written to a temporary file, forced to the disk, and then linked to its name:
 * {@code link(2)} fails where there is a file, so {@link #putIfAbsent} has one winner, and a name
 * never shows a part of an object. A directory that was made or got an entry is forced too. With
 * {@link Durability#PAGE_CACHE} nothing is forced: objects survive the death of the process, not
 * the loss of power.
 */
public final class LocalObjectStore implements ObjectStore {
  /** What a put waits for. */
  public enum Durability {
    /** The disk has it. */
    DISK,
    /** The kernel has it. */
    PAGE_CACHE
  }

  // A dot at the start of a part is no legal key, so this directory is never listed.
  private static final String TEMPORARY = ".tmp";
  private static final Duration TEMPORARY_AGE = Duration.ofHours(1);
  private static final int MAX_LINK_ATTEMPTS = 5;
  private static final Set<StandardOpenOption> CREATE_NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private final Path root;
  private final Path temporary;
  private final Durability durability;
  private final Set<Path> madeDirectories = ConcurrentHashMap.newKeySet();

  public LocalObjectStore(Path root) {
    this(root, Durability.DISK);
  }

  public LocalObjectStore(Path root, Durability durability) {
    this.root = requireNonNull(root, "root").toAbsolutePath().normalize();
    this.temporary = this.root.resolve(TEMPORARY);
    this.durability = requireNonNull(durability, "durability");
  }

  @Override
  public void putIfAbsent(ObjectKey key, byte[] content) {
    Path target = path(key);
    Path file = writeTemporary(key, content);
    try {
      link(key, file, target);
    } finally {
      deleteQuietly(file);
    }

    forceDirectory(key, target);
  }

  @Override
  public void put(ObjectKey key, byte[] content) {
    Path target = path(key);
    Path file = writeTemporary(key, content);
    try {
      makeDirectory(parentOf(target));
      Files.move(file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      deleteQuietly(file);
      throw ObjectStoreException.failed("Cannot move " + file + " to " + target, e);
    }

    forceDirectory(key, target);
  }

  @Override
  public byte[] get(ObjectKey key) {
    try {
      return Files.readAllBytes(path(key));
    } catch (NoSuchFileException e) {
      throw new ObjectNotFoundException(key, e);
    } catch (IOException e) {
      throw unreadable(key, e);
    }
  }

  @Override
  public byte[] getRange(ObjectKey key, long offset, int length) {
    try (FileChannel channel = FileChannel.open(path(key), StandardOpenOption.READ)) {
      long size = channel.size();
      if (offset < 0 || length < 0 || offset + length > size) {
        throw Ranges.beyondEnd(key, offset, length, size);
      }

      return read(channel, offset, length);
    } catch (NoSuchFileException e) {
      throw new ObjectNotFoundException(key, e);
    } catch (IOException e) {
      throw unreadable(key, e);
    }
  }

  @Override
  public byte[] getSuffix(ObjectKey key, int length) {
    try (FileChannel channel = FileChannel.open(path(key), StandardOpenOption.READ)) {
      long size = channel.size();
      int available = (int) Math.min(length, size);
      return read(channel, size - available, available);
    } catch (NoSuchFileException e) {
      throw new ObjectNotFoundException(key, e);
    } catch (IOException e) {
      throw unreadable(key, e);
    }
  }

  @Override
  public List<ObjectInfo> list(String prefix, @Nullable String startAfter) {
    List<ObjectInfo> found = new ArrayList<>();
    String directory = prefix.substring(0, prefix.lastIndexOf('/') + 1);
    if (directory.isEmpty() || isKey(directory.substring(0, directory.length() - 1))) {
      collect(directory, prefix, startAfter == null ? "" : startAfter, found);
    }

    found.sort((a, b) -> a.key().compareTo(b.key()));
    return found;
  }

  @Override
  public boolean exists(ObjectKey key) {
    return Files.exists(path(key));
  }

  @Override
  public boolean hasCheapLookups() {
    return true;
  }

  @Override
  public List<String> listDirectories(String prefix) {
    List<String> names = new ArrayList<>();
    for (String name : namesIn(root.resolve(prefix))) {
      if (isKey(prefix + name) && Files.isDirectory(root.resolve(prefix + name))) {
        names.add(name);
      }
    }

    return names;
  }

  @Override
  public void delete(ObjectKey key) {
    Path file = path(key);
    try {
      Files.deleteIfExists(file);
      // An empty directory would stay in listDirectories for ever.
      for (Path parent = parentOf(file); !parent.equals(root); parent = parentOf(parent)) {
        madeDirectories.remove(parent);
        Files.deleteIfExists(parent);
      }
    } catch (DirectoryNotEmptyException e) {
      return;
    } catch (IOException e) {
      throw ObjectStoreException.unknownOutcome("Cannot delete " + file, e);
    }
  }

  @Override
  public void close() {
    // No file stays open between two calls.
  }

  private Path path(ObjectKey key) {
    return root.resolve(key.value());
  }

  private Path writeTemporary(ObjectKey key, byte[] content) {
    Path file = temporary.resolve(UUID.randomUUID().toString());
    try {
      if (makeDirectory(temporary)) {
        deleteAbandoned();
      }

      try (FileChannel channel = FileChannel.open(file, CREATE_NEW)) {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }

        if (durability == Durability.DISK) {
          channel.force(false);
        }
      }

      return file;
    } catch (IOException e) {
      deleteQuietly(file);
      throw ObjectStoreException.failed("Cannot write object " + key + " to " + file, e);
    }
  }

  private void link(ObjectKey key, Path file, Path target) {
    for (int attempt = 1; ; attempt++) {
      try {
        makeDirectory(parentOf(target));
        Files.createLink(target, file);
        return;
      } catch (FileAlreadyExistsException e) {
        throw new ObjectExistsException(key, e);
      } catch (NoSuchFileException e) {
        // Another thread's delete took the directory away between the two calls above.
        madeDirectories.remove(parentOf(target));
        if (attempt == MAX_LINK_ATTEMPTS) {
          throw ObjectStoreException.failed("Cannot link " + file + " to " + target, e);
        }
      } catch (UnsupportedOperationException e) {
        throw ObjectStoreException.failed(
            "The file system of " + root + " has no hard links, choose a directory on one that has",
            e);
      } catch (IOException e) {
        throw ObjectStoreException.failed("Cannot link " + file + " to " + target, e);
      }
    }
  }

  /** Returns whether this is the first call for the directory. */
  private boolean makeDirectory(Path directory) throws IOException {
    if (madeDirectories.contains(directory)) {
      return false;
    }

    Path existing = directory;
    while (!Files.isDirectory(existing)) {
      existing = parentOf(existing);
    }

    Files.createDirectories(directory);
    // The names of the new directories are entries of their parents.
    for (Path made = directory; !made.equals(existing); made = parentOf(made)) {
      force(parentOf(made));
    }

    return madeDirectories.add(directory);
  }

  /** Deletes what processes that were killed left in the middle of a put. */
  private void deleteAbandoned() throws IOException {
    Instant oldest = Instant.now().minus(TEMPORARY_AGE);
    for (String name : namesIn(temporary)) {
      Path file = temporary.resolve(name);
      try {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
          Files.deleteIfExists(file);
        }
      } catch (NoSuchFileException e) {
        // Its owner was not dead, and has moved it.
        continue;
      }
    }
  }

  private void forceDirectory(ObjectKey key, Path target) {
    try {
      force(parentOf(target));
    } catch (IOException e) {
      throw ObjectStoreException.unknownOutcome("Cannot force the directory of object " + key, e);
    }
  }

  private void force(Path directory) throws IOException {
    if (durability == Durability.DISK) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private void collect(String directory, String prefix, String startAfter, List<ObjectInfo> found) {
    for (String name : namesIn(root.resolve(directory))) {
      String key = directory + name;
      boolean mayMatch = key.startsWith(prefix) || prefix.startsWith(key + "/");
      // Before any system call: most names of a lane are before the tail that is asked for.
      boolean mayFollow = key.compareTo(startAfter) > 0 || startAfter.startsWith(key + "/");
      if (!mayMatch || !mayFollow || !isKey(key)) {
        continue;
      }

      Path path = root.resolve(key);
      try {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (attributes.isDirectory()) {
          collect(key + "/", prefix, startAfter, found);
        } else if (key.startsWith(prefix) && key.compareTo(startAfter) > 0) {
          found.add(
              new ObjectInfo(
                  new ObjectKey(key),
                  attributes.size(),
                  attributes.lastModifiedTime().toInstant()));
        }
      } catch (NoSuchFileException e) {
        // Deleted since the directory was read.
        continue;
      } catch (IOException e) {
        throw ObjectStoreException.failed("Cannot list " + path, e);
      }
    }
  }

  /** Names only, without a stat for each: a lane may have ten thousand. */
  private static String[] namesIn(Path directory) {
    String[] names = directory.toFile().list();
    if (names != null) {
      Arrays.sort(names);
      return names;
    }

    if (Files.exists(directory)) {
      throw ObjectStoreException.failed("Cannot list " + directory, null);
    }

    return new String[0];
  }

  private static boolean isKey(String value) {
    try {
      new ObjectKey(value);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static byte[] read(FileChannel channel, long offset, int length) throws IOException {
    byte[] content = new byte[length];
    ByteBuffer buffer = ByteBuffer.wrap(content);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw new EOFException("File ends at " + (offset + buffer.position()));
      }
    }

    return content;
  }

  private static ObjectStoreException unreadable(ObjectKey key, IOException cause) {
    return ObjectStoreException.failed("Cannot read object " + key, cause);
  }

  private static Path parentOf(Path path) {
    return requireNonNull(path.getParent(), "parent");
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // A temporary file that stays costs space and nothing else.
      return;
    }
  }
}
