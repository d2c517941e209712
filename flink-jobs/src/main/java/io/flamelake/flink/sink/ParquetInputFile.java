/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import java.io.EOFException;
import java.io.IOException;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/** Lets Parquet read a file of Iceberg's. */
final class ParquetInputFile implements InputFile {

  private final org.apache.iceberg.io.InputFile file;

  ParquetInputFile(org.apache.iceberg.io.InputFile file) {
    this.file = file;
  }

  @Override
  public long getLength() {
    return file.getLength();
  }

  @Override
  public SeekableInputStream newStream() {
    return new Stream(file.newStream());
  }

  @Override
  public String toString() {
    return file.location();
  }

  private static final class Stream extends DelegatingSeekableInputStream {

    private final org.apache.iceberg.io.SeekableInputStream in;

    private Stream(org.apache.iceberg.io.SeekableInputStream in) {
      super(in);
      this.in = in;
    }

    @Override
    public long getPos() throws IOException {
      return in.getPos();
    }

    @Override
    public void seek(long position) throws IOException {
      if (position < 0) {
        throw new EOFException("Position: " + position + " (expected: >= 0)");
      }

      in.seek(position);
    }
  }
}
