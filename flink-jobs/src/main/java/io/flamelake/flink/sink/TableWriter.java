/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static java.util.Comparator.comparing;
import static java.util.Objects.requireNonNull;

import io.flamelake.flink.IngestCounter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.iceberg.Table;

/**
 * Buffers the rows of one table and writes them at each barrier, sorted, one file per partition. A
 * full buffer is written before its barrier; the files belong to the same checkpoint all the same.
 *
 * <p>What it hands on before a barrier is all that came in before it: nothing is kept over a
 * checkpoint, so it has no state.
 */
public final class TableWriter<R> extends AbstractStreamOperator<FileSet>
    implements OneInputStreamOperator<R, FileSet> {

  private static final long serialVersionUID = 1L;

  private final Table table;
  private final RowLayout<R> layout;
  private final long maxBufferBytes;
  private transient LakeFileWriter<R> files;
  private transient Comparator<R> order;
  private transient List<R> buffer;
  private transient List<WrittenFile> written;
  private transient long bufferBytes;
  private transient Counter rowsWritten;
  private transient Counter filesWritten;
  private transient Counter bytesWritten;

  /**
   * @param table serializable, as {@code SerializableTable} makes one
   */
  public TableWriter(Table table, RowLayout<R> layout, long maxBufferBytes) {
    this.table = requireNonNull(table, "table");
    this.layout = requireNonNull(layout, "layout");
    this.maxBufferBytes = maxBufferBytes;
  }

  @Override
  public void open() throws Exception {
    super.open();
    files =
        new LakeFileWriter<>(
            table, layout, getRuntimeContext().getTaskInfo().getIndexOfThisSubtask());
    order =
        comparing(layout::tenant).thenComparingInt(layout::period).thenComparing(layout.order());
    buffer = new ArrayList<>();
    written = new ArrayList<>();
    MetricGroup group = getMetricGroup().addGroup("table", layout.table().tableName());
    rowsWritten = group.counter(IngestCounter.ROWS_WRITTEN.metricName());
    filesWritten = group.counter(IngestCounter.FILES_WRITTEN.metricName());
    bytesWritten = group.counter(IngestCounter.BYTES_WRITTEN.metricName());
  }

  @Override
  public void processElement(StreamRecord<R> element) throws IOException {
    R row = element.getValue();
    buffer.add(row);
    bufferBytes += layout.memoryBytes(row);
    if (bufferBytes >= maxBufferBytes) {
      writeBuffer();
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws IOException {
    writeBuffer();
    if (!written.isEmpty()) {
      output.collect(new StreamRecord<>(FileSet.ofFiles(written)));
      written.clear();
    }
  }

  private void writeBuffer() throws IOException {
    buffer.sort(order);
    int start = 0;
    while (start < buffer.size()) {
      String tenant = layout.tenant(buffer.get(start));
      int period = layout.period(buffer.get(start));
      int end = start + 1;
      while (end < buffer.size() && isIn(buffer.get(end), tenant, period)) {
        end++;
      }

      WrittenFile file = files.write(tenant, period, buffer.subList(start, end));
      written.add(file);
      filesWritten.inc();
      rowsWritten.inc((long) end - start);
      bytesWritten.inc(file.sizeBytes());
      start = end;
    }

    buffer.clear();
    bufferBytes = 0;
  }

  private boolean isIn(R row, String tenant, int period) {
    return layout.period(row) == period && layout.tenant(row).equals(tenant);
  }
}
