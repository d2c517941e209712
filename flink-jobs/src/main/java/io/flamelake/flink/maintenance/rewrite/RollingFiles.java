/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import io.flamelake.flink.sink.LakeFileWriter;
import io.flamelake.flink.sink.LakeFileWriter.OpenFile;
import io.flamelake.flink.sink.WrittenFile;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes rows of one partition into files of about one size. */
final class RollingFiles<R> implements Closeable {

  private final LakeFileWriter<R> writer;
  private final Partition partition;
  private final long maxFileBytes;
  private final List<WrittenFile> written = new ArrayList<>();
  private @Nullable OpenFile<R> current;

  RollingFiles(LakeFileWriter<R> writer, Partition partition, long maxFileBytes) {
    this.writer = writer;
    this.partition = partition;
    this.maxFileBytes = maxFileBytes;
  }

  /**
   * Returns at which size to begin another file, so that the last one does not come out tiny.
   *
   * @param totalBytes about what all files will have
   */
  static long fileBytes(long targetBytes, long totalBytes) {
    long files = Math.max(1, Math.round((double) totalBytes / targetBytes));
    return Math.max(targetBytes, totalBytes / files + 1);
  }

  void write(R row) throws IOException {
    OpenFile<R> file = current;
    if (file == null) {
      file = writer.open(partition.tenant(), partition.period());
      current = file;
    }

    file.write(row);
    if (file.sizeBytes() >= maxFileBytes) {
      finishFile(file);
    }
  }

  /** Returns all files, the last one with what is left. */
  List<WrittenFile> finish() throws IOException {
    OpenFile<R> file = current;
    if (file != null) {
      finishFile(file);
    }

    return List.copyOf(written);
  }

  /** Returns the files that are complete. */
  List<WrittenFile> written() {
    return List.copyOf(written);
  }

  @Override
  public void close() throws IOException {
    OpenFile<R> file = current;
    if (file != null) {
      file.close();
    }
  }

  private void finishFile(OpenFile<R> file) throws IOException {
    written.add(file.finish());
    current = null;
  }
}
