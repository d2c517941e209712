/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.RangeReadable;
import org.apache.iceberg.io.SeekableInputStream;

/** A local file, read through a buffer: Parquet's footer is read four bytes at a time. */
final class LocalInputFile implements InputFile {
  static final long UNKNOWN_LENGTH = -1;

  private static final int BUFFER_LENGTH = 64 * 1024;

  private final String location;
  private final Path path;
  private final long length;

  LocalInputFile(String location, Path path, long length) {
    this.location = location;
    this.path = path;
    this.length = length;
  }

  @Override
  public long getLength() {
    if (length != UNKNOWN_LENGTH) {
      return length;
    }

    try {
      return Files.size(path);
    } catch (NoSuchFileException e) {
      throw new NotFoundException(e, "File does not exist: %s", location);
    } catch (IOException e) {
      throw new RuntimeIOException(e, "Cannot read the length of %s", location);
    }
  }

  @Override
  public SeekableInputStream newStream() {
    try {
      return new ChannelInputStream(FileChannel.open(path, StandardOpenOption.READ));
    } catch (NoSuchFileException e) {
      throw new NotFoundException(e, "File does not exist: %s", location);
    } catch (IOException e) {
      throw new RuntimeIOException(e, "Cannot open %s", location);
    }
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public boolean exists() {
    return Files.exists(path);
  }

  /** Reads by position only, so that a seek inside of the buffer costs nothing. */
  private static final class ChannelInputStream extends SeekableInputStream
      implements RangeReadable {
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_LENGTH).limit(0);
    private long bufferStart;

    ChannelInputStream(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public long getPos() {
      return bufferStart + buffer.position();
    }

    @Override
    public void seek(long position) {
      if (position >= bufferStart && position <= bufferStart + buffer.limit()) {
        buffer.position((int) (position - bufferStart));
        return;
      }

      bufferStart = position;
      buffer.limit(0);
    }

    @Override
    public int read() throws IOException {
      if (!buffer.hasRemaining() && !fill()) {
        return -1;
      }

      return buffer.get() & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
      if (count == 0) {
        return 0;
      }

      if (!buffer.hasRemaining()) {
        if (count >= BUFFER_LENGTH) {
          return readDirectly(target, offset, count);
        }

        if (!fill()) {
          return -1;
        }
      }

      int available = Math.min(count, buffer.remaining());
      buffer.get(target, offset, available);
      return available;
    }

    @Override
    public void readFully(long position, byte[] target, int offset, int count) throws IOException {
      ByteBuffer wrapped = ByteBuffer.wrap(target, offset, count);
      long start = position - offset;
      while (wrapped.hasRemaining()) {
        if (channel.read(wrapped, start + wrapped.position()) < 0) {
          throw new EOFException("File ends at " + (start + wrapped.position()));
        }
      }
    }

    @Override
    public int readTail(byte[] target, int offset, int count) throws IOException {
      long size = channel.size();
      int available = (int) Math.min(count, size);
      readFully(size - available, target, offset, available);
      return available;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }

    private int readDirectly(byte[] target, int offset, int count) throws IOException {
      long position = getPos();
      int read = channel.read(ByteBuffer.wrap(target, offset, count), position);
      if (read > 0) {
        bufferStart = position + read;
        buffer.limit(0);
      }

      return read;
    }

    private boolean fill() throws IOException {
      bufferStart = getPos();
      buffer.clear();
      int read = channel.read(buffer, bufferStart);
      buffer.flip();
      return read > 0;
    }
  }
}
