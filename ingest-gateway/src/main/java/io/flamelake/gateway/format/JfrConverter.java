/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.ConversionMemory;
import io.flamelake.gateway.convert.Malformed;
import io.flamelake.gateway.format.JfrEventReader.Field;
import io.flamelake.model.Label;
import io.flamelake.model.pprof.PprofGzip;
import io.flamelake.rpc.GzipBody;
import io.flamelake.rpc.RpcCode;
import io.flamelake.rpc.RpcException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Recordings of the JDK's Flight Recorder and of async-profiler, gzipped or plain: any number of
 * chunks, from which every kind of event that is about stacks becomes a profile.
 *
 * <p>The file stays as it is: of its constants only the places are kept, and one is read when an
 * event needs it. No byte is taken that has not been paid for. Why the reader is the gateway's own
 * is in RATIONALE.md.
 */
public final class JfrConverter implements ProfileConverter {

  private static final String JFR_EVENT = "jfr_event";
  private static final String ACTIVE_SETTING = "jdk.ActiveSetting";
  private static final String EVENT_SETTING = "event";
  private static final String WALL_SETTING = "wall";
  private static final int CHECK_INTERVAL = 1 << 12;

  private final byte @Nullable [] labels;

  /** A converter of recordings whose events have no labels. */
  public JfrConverter() {
    this.labels = null;
  }

  /**
   * A converter of one recording.
   *
   * @param labels those of its events: a {@code LabelsSnapshot}, gzipped or plain
   */
  public JfrConverter(byte[] labels) {
    this.labels = labels.clone();
  }

  @Override
  public List<ConvertedProfile> convert(byte[] upload, UploadContext context) {
    return new Conversion(context, unpack(upload, context)).run();
  }

  private static byte[] unpack(byte[] upload, UploadContext context) {
    if (!PprofGzip.isGzip(upload, 0, upload.length)) {
      return upload;
    }

    try {
      return GzipBody.decompress(upload, context.maxUploadBytes(), context.memory());
    } catch (RpcException e) {
      if (e.code() == RpcCode.INVALID_ARGUMENT) {
        throw Malformed.of(e.message());
      }

      throw e;
    }
  }

  /** The conversion of one recording. */
  private final class Conversion {

    private final UploadContext context;
    private final byte[] file;
    private final ConversionMemory memory;
    private final JfrInput in;
    private final StackTree tree;
    private final NameWork names;
    private final JfrLabels contexts;
    private final Map<JfrProfile, StackSamples> profiles = new EnumMap<>(JfrProfile.class);

    /** What async-profiler was told to sample, by its name for it; empty if that is not known. */
    private String eventSetting = "";

    Conversion(UploadContext context, byte[] file) {
      this.context = context;
      this.file = file;
      this.memory = new ConversionMemory(context.memory());
      this.in = new JfrInput(file, memory);
      this.tree = new StackTree(memory, context.limits());
      this.names = new NameWork(file.length);
      this.contexts =
          labels == null ? new JfrLabels() : JfrLabels.read(unpack(labels, context), memory);
    }

    List<ConvertedProfile> run() {
      int start = 0;
      do {
        JfrChunk chunk = JfrChunk.read(file, start);
        readChunk(chunk);
        start = chunk.end();
      } while (start < file.length);

      List<Label> series =
          eventSetting.isEmpty() ? List.of() : List.of(new Label(JFR_EVENT, eventSetting));
      List<ConvertedProfile> converted = new ArrayList<>();
      profiles.forEach(
          (profile, samples) -> {
            byte[] pprof =
                StackWriter.write(
                    memory,
                    context,
                    profile.kind(),
                    period(profile),
                    tree,
                    samples,
                    contexts.sets());
            converted.add(
                new ConvertedProfile(context.app(), profile.kind().name(), series, pprof));
          });
      return converted;
    }

    private long period(JfrProfile profile) {
      return profile == JfrProfile.CPU || profile == JfrProfile.WALL ? context.periodNanos() : 0;
    }

    private void readChunk(JfrChunk chunk) {
      JfrTypes types = JfrMetadataReader.read(chunk, in, memory);
      JfrConstants constants = JfrConstants.read(chunk, types, in, memory, context);
      forEachEvent(chunk, types, type -> readSetting(types, constants, type));
      JfrStacks stacks = new JfrStacks(chunk, types, constants, in, tree, memory, names);
      Map<String, JfrEventReader> readers = new HashMap<>();
      forEachEvent(
          chunk,
          types,
          type -> {
            if (isSample(type.name())) {
              JfrEventReader event =
                  readers.computeIfAbsent(type.name(), name -> new JfrEventReader(types, type));
              event.read(in);
              addSample(type.name(), event, chunk, stacks);
            }
          });
    }

    private void forEachEvent(JfrChunk chunk, JfrTypes types, EventConsumer out) {
      int at = chunk.start() + JfrChunk.HEADER_BYTES;
      for (int count = 0; at < chunk.end(); count++) {
        if (count % CHECK_INTERVAL == 0) {
          context.checkWanted();
        }

        long id = JfrEvents.enter(in, chunk, at);
        int end = JfrEvents.end(in);
        JfrType type = types.find(id);
        if (type != null) {
          out.accept(type);
        }

        at = end;
      }
    }

    /** async-profiler writes what it was started with as settings, before or after the samples. */
    private void readSetting(JfrTypes types, JfrConstants constants, JfrType type) {
      if (!type.name().equals(ACTIVE_SETTING)) {
        return;
      }

      String name = "";
      String value = "";
      for (JfrField field : type.fields()) {
        if (field.name().equals("name") && types.isString(field)) {
          name = in.readString(constants);
        } else if (field.name().equals("value") && types.isString(field)) {
          value = in.readString(constants);
        } else {
          types.skip(in, field);
        }
      }

      if (name.equals(EVENT_SETTING)) {
        eventSetting = value;
      }
    }

    private void addSample(String type, JfrEventReader event, JfrChunk chunk, JfrStacks stacks) {
      switch (type) {
        case "jdk.ExecutionSample" -> {
          if (!stacks.isSleeping(event.value(Field.STATE))) {
            add(JfrProfile.CPU, event, stacks, context.periodNanos());
          }

          if (eventSetting.equals(WALL_SETTING)) {
            add(JfrProfile.WALL, event, stacks, context.periodNanos());
          }
        }
        case "profiler.WallClockSample" -> {
          long samples = event.has(Field.SAMPLES) ? count(event, Field.SAMPLES) : 1;
          add(JfrProfile.WALL, event, stacks, times(samples, context.periodNanos()));
        }
        case "jdk.ObjectAllocationInNewTLAB" ->
            add(JfrProfile.ALLOC_IN_NEW_TLAB, event, stacks, 1, count(event, Field.TLAB_SIZE));
        case "jdk.ObjectAllocationOutsideTLAB" ->
            add(
                JfrProfile.ALLOC_OUTSIDE_TLAB,
                event,
                stacks,
                1,
                count(event, Field.ALLOCATION_SIZE));
        case "jdk.ObjectAllocationSample" ->
            add(JfrProfile.ALLOC_SAMPLE, event, stacks, 1, count(event, Field.WEIGHT));
        case "jdk.JavaMonitorEnter" ->
            add(JfrProfile.MUTEX, event, stacks, 1, chunk.nanos(count(event, Field.DURATION)));
        case "jdk.ThreadPark" ->
            add(JfrProfile.BLOCK, event, stacks, 1, chunk.nanos(count(event, Field.DURATION)));
        case "profiler.LiveObject" -> add(JfrProfile.LIVE, event, stacks, 1);
        case "profiler.Malloc" ->
            add(JfrProfile.MALLOC, event, stacks, 1, count(event, Field.SIZE));
        default -> throw new AssertionError(type);
      }
    }

    private void add(JfrProfile profile, JfrEventReader event, JfrStacks stacks, long... values) {
      profiles
          .computeIfAbsent(profile, p -> new StackSamples(memory, p.kind().sampleTypes().size()))
          .add(
              stacks.stack(event.value(Field.STACK_TRACE)),
              contexts.setOf(event.value(Field.CONTEXT_ID)),
              values);
    }
  }

  private static boolean isSample(String type) {
    return switch (type) {
      case "jdk.ExecutionSample",
          "profiler.WallClockSample",
          "jdk.ObjectAllocationInNewTLAB",
          "jdk.ObjectAllocationOutsideTLAB",
          "jdk.ObjectAllocationSample",
          "jdk.JavaMonitorEnter",
          "jdk.ThreadPark",
          "profiler.LiveObject",
          "profiler.Malloc" ->
          true;
      default -> false;
    };
  }

  private static long count(JfrEventReader event, Field field) {
    long value = event.value(field);
    if (value < 0) {
      throw Malformed.of(field + ": " + value + " (expected: >= 0)");
    }

    return value;
  }

  private static long times(long count, long period) {
    try {
      return Math.multiplyExact(count, period);
    } catch (ArithmeticException e) {
      throw Malformed.of("Samples of one event: " + count);
    }
  }

  private interface EventConsumer {
    void accept(JfrType type);
  }
}
