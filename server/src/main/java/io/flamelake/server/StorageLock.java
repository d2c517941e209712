/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flamelake.server.config.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second process off a storage directory: two ingest jobs, or two embedded clusters, on one
 * directory would be a mistake. Each target has a lock of its own, so that the parts of one system
 * may share a directory. The operating system frees the locks of a process that was killed.
 */
final class StorageLock implements AutoCloseable {
  private final List<FileChannel> channels = new ArrayList<>();

  private StorageLock() {}

  /**
   * Creates the directory if need be and takes the locks.
   *
   * @throws StartException if another process holds one of them, or the directory cannot be written
   */
  static StorageLock acquire(Path storage, Set<Target> targets) {
    return acquire(storage, targets, "Stop it, or give this one another -storage.path");
  }

  /**
   * Does so, with advice of its own for whoever finds it taken.
   *
   * @throws StartException if another process holds one of them, or the directory cannot be written
   */
  static StorageLock acquire(Path storage, Set<Target> targets, String advice) {
    StorageLock lock = new StorageLock();
    try {
      Files.createDirectories(storage);
      for (Target target : targets) {
        lock.lock(storage, target, advice);
      }

      return lock;
    } catch (IOException e) {
      lock.close();
      throw new StartException("Cannot use the storage directory " + storage + ": " + e, e);
    } catch (StartException e) {
      lock.close();
      throw e;
    }
  }

  private void lock(Path storage, Target target, String advice) throws IOException {
    Path file = storage.resolve(target.targetName() + ".lock");
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    channels.add(channel);
    if (tryLock(channel) == null) {
      throw new StartException(
          "The storage directory "
              + storage
              + " is in use: another Flamelake process"
              + owner(file)
              + " runs its "
              + target.targetName()
              + ". "
              + advice);
    }

    channel.truncate(0);
    channel.write(ByteBuffer.wrap(String.valueOf(ProcessHandle.current().pid()).getBytes(UTF_8)));
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Held by this very process, by another server within it.
      return null;
    }
  }

  private static String owner(Path file) throws IOException {
    String pid = Files.readString(file, UTF_8).strip();
    return pid.isEmpty() ? "" : " (pid " + pid + ")";
  }

  @Override
  public void close() {
    for (FileChannel channel : channels) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
