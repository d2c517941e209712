/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.LakeTables;
import io.flamelake.flink.decode.DecodeFunction;
import io.flamelake.flink.decode.DecodeOperator;
import io.flamelake.flink.decode.TableRows;
import io.flamelake.flink.read.RawRecord;
import io.flamelake.flink.read.RawRecordSerializer;
import io.flamelake.flink.read.SegmentReadOperator;
import io.flamelake.flink.serialize.ImmutableTypeInfo;
import io.flamelake.flink.sink.FileSet;
import io.flamelake.flink.sink.FileSetSerializer;
import io.flamelake.flink.sink.LakeCommitter;
import io.flamelake.flink.sink.ProfileTableRow;
import io.flamelake.flink.sink.ProfilesLayout;
import io.flamelake.flink.sink.RowLayout;
import io.flamelake.flink.sink.SeriesLayout;
import io.flamelake.flink.sink.StacksLayout;
import io.flamelake.flink.sink.TableWriter;
import io.flamelake.flink.source.SegmentIdSerializer;
import io.flamelake.flink.source.SegmentSource;
import io.flamelake.flink.source.TablePositions;
import io.flamelake.segment.SegmentId;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;

/**
 * Reads the segment log once and commits its profiles to the tables, exactly once.
 *
 * <pre>
 *  segments ──► read ═══════════════► decode ──┬──► write-profiles ──┐
 *  (a split is  one segment  keyBy    pprof to │                     │
 *   a lane)     at a time,   (tenant, rows,    ├──► write-stacks ────┼──► commit
 *                  │         service) deltas,  │    (side output)    │    parallelism 1,
 *                  │                  new ids  └──► write-series ────┤    after the checkpoint:
 *                  │                                (side output)    │    stacks, series, profiles
 *                  └── which segments of which lanes (side output) ──┘
 * </pre>
 *
 * <p>Everything left of the double line is one chain, and so is everything from {@code decode} to
 * the writers: rows are handed on by reference. What crosses the double line are raw records.
 *
 * <p>A checkpoint is a commit: at the barrier the writers close their files and the reader says
 * which segments they hold; when the checkpoint is complete, files and lane watermarks are
 * committed together. On every start the reader goes on from the watermarks of the table.
 */
public final class IngestJob {

  public static final String NAME = "flamelake-ingest";

  private static final int MAX_PARALLELISM = 128;
  private static final int TOLERATED_CHECKPOINT_FAILURES = 10;

  private IngestJob() {}

  /**
   * Submits the job to the cluster that this is run on.
   *
   * @param args as {@link IngestJobArguments} describes them
   */
  public static void main(String[] args) throws Exception {
    IngestJobConfig config = IngestJobArguments.parse(args);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    build(env, config);
    env.execute(NAME);
  }

  /** Adds the job's graph; creates tables that are missing and checks those that are there. */
  public static void build(StreamExecutionEnvironment env, IngestJobConfig config) {
    env.getConfig().enableObjectReuse();
    env.setMaxParallelism(MAX_PARALLELISM);
    env.enableCheckpointing(config.checkpointInterval().toMillis());
    env.getCheckpointConfig()
        .setExternalizedCheckpointRetention(ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    env.getCheckpointConfig().setTolerableCheckpointFailureNumber(TOLERATED_CHECKPOINT_FAILURES);

    SingleOutputStreamOperator<RawRecord> records = read(env, config);
    SingleOutputStreamOperator<ProfileTableRow> rows =
        records
            .keyBy(RawRecord::serviceKey, Types.STRING)
            .transform(
                "decode",
                ImmutableTypeInfo.chainedOnly(ProfileTableRow.class),
                new DecodeOperator(
                    new DecodeFunction(
                        new TableRows(config.catalog()),
                        config.duplicateWindow(),
                        config.delta().baselineTimeToLive()),
                    new TablePositions(config.catalog()),
                    config.log(),
                    config.delta().replayWindow()))
            .uid("decode-v1");

    LakeTables tables = loadTables(config.catalog());
    DataStream<FileSet> profiles = write(rows, tables.profiles(), new ProfilesLayout(), config);
    DataStream<FileSet> stacks =
        write(
            rows.getSideOutput(DecodeFunction.STACKS), tables.stacks(), new StacksLayout(), config);
    DataStream<FileSet> series =
        write(
            rows.getSideOutput(DecodeFunction.SERIES), tables.series(), new SeriesLayout(), config);
    records
        .getSideOutput(SegmentReadOperator.PROGRESS)
        .union(profiles, stacks, series)
        .transform("commit", Types.VOID, new LakeCommitter(config.catalog(), config.commitRetry()))
        .uid("commit-v1")
        .setParallelism(1)
        .setMaxParallelism(1);
  }

  private static SingleOutputStreamOperator<RawRecord> read(
      StreamExecutionEnvironment env, IngestJobConfig config) {
    SegmentSource source =
        new SegmentSource(
            config.log(), new TablePositions(config.catalog()), config.pollInterval());
    return env.fromSource(
            source,
            WatermarkStrategy.noWatermarks(),
            "segments",
            ImmutableTypeInfo.of(SegmentId.class, new SegmentIdSerializer()))
        .uid("segments-v1")
        .transform(
            "read",
            ImmutableTypeInfo.of(RawRecord.class, new RawRecordSerializer()),
            new SegmentReadOperator(config.log(), config.skippedSegments()))
        .uid("read-v1");
  }

  private static <R> DataStream<FileSet> write(
      DataStream<R> rows, Table table, RowLayout<R> layout, IngestJobConfig config) {
    String name = "write-" + layout.table().tableName();
    TypeInformation<FileSet> type = ImmutableTypeInfo.of(FileSet.class, new FileSetSerializer());
    return rows.transform(name, type, new TableWriter<>(table, layout, config.maxBufferBytes()))
        .uid(name + "-v1");
  }

  private static LakeTables loadTables(CatalogConfig config) {
    try (LakeCatalog catalog = LakeCatalog.open(config)) {
      LakeTables tables = catalog.tables();
      return new LakeTables(
          SerializableTable.copyOf(tables.profiles()),
          SerializableTable.copyOf(tables.stacks()),
          SerializableTable.copyOf(tables.series()),
          SerializableTable.copyOf(tables.flame1h()),
          SerializableTable.copyOf(tables.flame1d()));
    }
  }
}
