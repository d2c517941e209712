/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import java.io.IOException;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/** Lets Parquet write to a file of Iceberg's; remembers how long it became. */
final class ParquetOutputFile implements OutputFile {

  private final org.apache.iceberg.io.OutputFile file;
  private long length;

  ParquetOutputFile(org.apache.iceberg.io.OutputFile file) {
    this.file = file;
  }

  long length() {
    return length;
  }

  @Override
  public PositionOutputStream create(long blockSizeHint) {
    return new CountingStream(file.create());
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSizeHint) {
    // A location is never used twice; to overwrite one would be an error worth seeing.
    return create(blockSizeHint);
  }

  @Override
  public boolean supportsBlockSize() {
    return false;
  }

  @Override
  public long defaultBlockSize() {
    return 0;
  }

  @Override
  public String getPath() {
    return file.location();
  }

  private final class CountingStream extends PositionOutputStream {

    private final org.apache.iceberg.io.PositionOutputStream out;

    private CountingStream(org.apache.iceberg.io.PositionOutputStream out) {
      this.out = out;
    }

    @Override
    public long getPos() throws IOException {
      return out.getPos();
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      out.write(bytes, offset, count);
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      length = out.getPos();
      out.close();
    }
  }
}
