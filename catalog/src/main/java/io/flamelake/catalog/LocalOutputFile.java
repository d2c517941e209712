/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import static java.util.Objects.requireNonNull;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;

/** A local file to be written once. */
final class LocalOutputFile implements OutputFile {
  private static final Set<StandardOpenOption> CREATE_NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  private static final Set<StandardOpenOption> OVERWRITE =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.WRITE);

  private static final int MAX_OPEN_ATTEMPTS = 20;

  private final String location;
  private final Path path;
  private final boolean forced;

  LocalOutputFile(String location, Path path, boolean forced) {
    this.location = location;
    this.path = path;
    this.forced = forced;
  }

  @Override
  public PositionOutputStream create() {
    try {
      return open(CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw new AlreadyExistsException(e, "File already exists: %s", location);
    } catch (IOException e) {
      throw new RuntimeIOException(e, "Cannot create %s", location);
    }
  }

  @Override
  public PositionOutputStream createOrOverwrite() {
    try {
      return open(OVERWRITE);
    } catch (IOException e) {
      throw new RuntimeIOException(e, "Cannot create %s", location);
    }
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public InputFile toInputFile() {
    return new LocalInputFile(location, path, LocalInputFile.UNKNOWN_LENGTH);
  }

  private PositionOutputStream open(Set<StandardOpenOption> options) throws IOException {
    Path directory = requireNonNull(path.getParent(), "parent");
    for (int attempt = 1; ; attempt++) {
      try {
        makeDirectory(directory);
        return new ChannelOutputStream(FileChannel.open(path, options), directory, forced);
      } catch (NoSuchFileException e) {
        // The deletion of the last file in there took the directory away between the two calls.
        if (attempt == MAX_OPEN_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static void makeDirectory(Path directory) throws IOException {
    try {
      Files.createDirectories(directory);
    } catch (FileAlreadyExistsException e) {
      // Not said of a directory, unless it was taken away while it was looked at.
      if (Files.exists(directory) && !Files.isDirectory(directory)) {
        throw new FileSystemException(directory.toString(), null, "Not a directory");
      }
    }
  }

  private static final class ChannelOutputStream extends PositionOutputStream {
    private static final int BUFFER_LENGTH = 64 * 1024;

    private final FileChannel channel;
    private final OutputStream out;
    private final Path directory;
    private final boolean forced;
    private long position;

    ChannelOutputStream(FileChannel channel, Path directory, boolean forced) {
      this.channel = channel;
      this.out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_LENGTH);
      this.directory = directory;
      this.forced = forced;
    }

    @Override
    public long getPos() {
      return position;
    }

    @Override
    public void write(int value) throws IOException {
      out.write(value);
      position++;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      out.write(source, offset, length);
      position += length;
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      if (!channel.isOpen()) {
        return;
      }

      try (channel) {
        out.flush();
        if (forced) {
          channel.force(false);
        }
      }

      if (forced) {
        // The file's name is an entry of its directory.
        try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
          entries.force(true);
        }
      }
    }
  }
}
