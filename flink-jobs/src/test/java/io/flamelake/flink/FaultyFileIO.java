/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import io.flamelake.catalog.LocalFileIO;
import io.flamelake.flink.Faults.Point;
import java.io.IOException;
import java.util.Map;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;

/** Local files; tasks may die after they have closed a data file. */
public final class FaultyFileIO implements FileIO {

  private static final long serialVersionUID = 1L;

  private final LocalFileIO files = new LocalFileIO();

  @Override
  public void initialize(Map<String, String> properties) {
    files.initialize(properties);
  }

  @Override
  public InputFile newInputFile(String path) {
    return files.newInputFile(path);
  }

  @Override
  public OutputFile newOutputFile(String path) {
    OutputFile file = files.newOutputFile(path);
    return path.endsWith(".parquet") ? new DataFile(file) : file;
  }

  @Override
  public void deleteFile(String path) {
    files.deleteFile(path);
  }

  private record DataFile(OutputFile file) implements OutputFile {

    @Override
    public PositionOutputStream create() {
      return new Stream(file.create());
    }

    @Override
    public PositionOutputStream createOrOverwrite() {
      return new Stream(file.createOrOverwrite());
    }

    @Override
    public String location() {
      return file.location();
    }

    @Override
    public InputFile toInputFile() {
      return file.toInputFile();
    }
  }

  private static final class Stream extends PositionOutputStream {

    private final PositionOutputStream out;

    private Stream(PositionOutputStream out) {
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
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      out.close();
      Faults.pass(Point.DATA_FILE_WRITTEN);
    }
  }
}
