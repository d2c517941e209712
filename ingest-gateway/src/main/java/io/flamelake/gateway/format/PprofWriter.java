/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.flamelake.model.Label;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.PprofFrame;
import io.flamelake.proto.google.v1.Function;
import io.flamelake.proto.google.v1.Line;
import io.flamelake.proto.google.v1.Location;
import io.flamelake.proto.google.v1.Mapping;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import io.flamelake.proto.google.v1.ValueType;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes samples of a {@link StackTree} as a pprof. Samples, the most of it, go straight to bytes;
 * frames that no sample has are left out.
 */
final class PprofWriter {

  /** Readers look at the mapping to learn that nothing is left to symbolize. */
  private static final Mapping SYMBOLIZED =
      Mapping.newBuilder()
          .setId(1)
          .setHasFunctions(true)
          .setHasFilenames(true)
          .setHasLineNumbers(true)
          .setHasInlineFrames(true)
          .build();

  private static final int BYTES_PER_STRING = 64;
  private static final int BYTES_PER_LOCATION = 32;

  private record FunctionKey(String name, String file) {}

  private final ConversionMemory memory;
  private final StackTree tree;
  private final BoundedOutput bytes;
  private final CodedOutputStream out;
  private final Map<String, Integer> strings = new LinkedHashMap<>();
  private final Map<FunctionKey, Integer> functions = new LinkedHashMap<>();

  /** By frame. */
  private final Int2IntOpenHashMap locations = new Int2IntOpenHashMap();

  private int[] stack = new int[64];

  private PprofWriter(ConversionMemory memory, StackTree tree, long maxBytes) {
    this.memory = memory;
    this.tree = tree;
    this.bytes = new BoundedOutput(memory, maxBytes);
    this.out = CodedOutputStream.newInstance(bytes);
    string("");
  }

  /**
   * Returns the uncompressed pprof.
   *
   * @param labelSets by the numbers that the samples have
   * @throws MalformedProfileException if it would be larger than the limit
   */
  static byte[] write(
      ConversionMemory memory,
      UploadContext context,
      ProfileKind kind,
      long period,
      StackTree tree,
      StackSamples samples,
      List<List<Label>> labelSets) {
    PprofWriter writer = new PprofWriter(memory, tree, context.limits().maxBytes());
    try {
      writer.writeHead(context, kind, period);
      for (int sample = 0; sample < samples.size(); sample++) {
        writer.writeSample(samples, sample, labelSets.get(samples.labelSet(sample)));
      }

      writer.writeStrings();
      writer.out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return writer.bytes.toByteArray();
  }

  private void writeHead(UploadContext context, ProfileKind kind, long period) throws IOException {
    for (SampleType type : kind.sampleTypes()) {
      out.writeMessage(Profile.SAMPLE_TYPE_FIELD_NUMBER, valueType(type));
    }

    if (kind.periodType() != null) {
      out.writeMessage(Profile.PERIOD_TYPE_FIELD_NUMBER, valueType(kind.periodType()));
      out.writeInt64(Profile.PERIOD_FIELD_NUMBER, period);
    }

    out.writeInt64(Profile.TIME_NANOS_FIELD_NUMBER, context.fromNanos());
    out.writeInt64(Profile.DURATION_NANOS_FIELD_NUMBER, context.durationNanos());
    out.writeMessage(Profile.MAPPING_FIELD_NUMBER, SYMBOLIZED);
  }

  private void writeSample(StackSamples samples, int sample, List<Label> labels)
      throws IOException {
    int depth = readStack(samples.stack(sample));
    int idBytes = 0;
    for (int i = 0; i < depth; i++) {
      idBytes += CodedOutputStream.computeUInt32SizeNoTag(stack[i]);
    }

    int valueBytes = 0;
    for (int type = 0; type < samples.valueCount(); type++) {
      valueBytes += CodedOutputStream.computeInt64SizeNoTag(samples.value(sample, type));
    }

    int size = packedSize(idBytes) + packedSize(valueBytes);
    for (Label label : labels) {
      size += CodedOutputStream.computeMessageSize(Sample.LABEL_FIELD_NUMBER, toProto(label));
    }

    writeLengthDelimited(Profile.SAMPLE_FIELD_NUMBER, size);
    writeLengthDelimited(Sample.LOCATION_ID_FIELD_NUMBER, idBytes);
    for (int i = 0; i < depth; i++) {
      out.writeUInt32NoTag(stack[i]);
    }

    writeLengthDelimited(Sample.VALUE_FIELD_NUMBER, valueBytes);
    for (int type = 0; type < samples.valueCount(); type++) {
      out.writeInt64NoTag(samples.value(sample, type));
    }

    for (Label label : labels) {
      out.writeMessage(Sample.LABEL_FIELD_NUMBER, toProto(label));
    }
  }

  /** Reads the locations of a stack, leaf first, and writes those that are new. */
  private int readStack(int leaf) throws IOException {
    int depth = tree.depth(leaf);
    if (stack.length < depth) {
      stack = Arrays.copyOf(stack, Math.max(depth, 2 * stack.length));
    }

    int at = leaf;
    for (int i = 0; i < depth; i++) {
      stack[i] = location(tree.leaf(at));
      at = tree.parent(at);
    }

    return depth;
  }

  private int location(int frame) throws IOException {
    int known = locations.get(frame);
    if (known != 0) {
      return known;
    }

    memory.take(BYTES_PER_LOCATION);
    int id = locations.size() + 1;
    locations.put(frame, id);
    PprofFrame source = tree.frameAt(frame);
    int function = function(source.function(), source.file());
    out.writeMessage(
        Profile.LOCATION_FIELD_NUMBER,
        Location.newBuilder()
            .setId(id)
            .setMappingId(SYMBOLIZED.getId())
            .addLine(Line.newBuilder().setFunctionId(function).setLine(source.line()))
            .build());
    return id;
  }

  private int function(String name, String file) throws IOException {
    FunctionKey key = new FunctionKey(name, file);
    Integer known = functions.get(key);
    if (known != null) {
      return known;
    }

    memory.take(BYTES_PER_STRING);
    int id = functions.size() + 1;
    functions.put(key, id);
    int nameIndex = string(name);
    out.writeMessage(
        Profile.FUNCTION_FIELD_NUMBER,
        Function.newBuilder()
            .setId(id)
            .setName(nameIndex)
            .setSystemName(nameIndex)
            .setFilename(string(file))
            .build());
    return id;
  }

  private void writeStrings() throws IOException {
    for (String string : strings.keySet()) {
      out.writeString(Profile.STRING_TABLE_FIELD_NUMBER, string);
    }
  }

  private void writeLengthDelimited(int field, int size) throws IOException {
    out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(size);
  }

  private static int packedSize(int bytes) {
    // Both packed fields have numbers below 16.
    return 1 + CodedOutputStream.computeUInt32SizeNoTag(bytes) + bytes;
  }

  private ValueType valueType(SampleType type) {
    return ValueType.newBuilder().setType(string(type.type())).setUnit(string(type.unit())).build();
  }

  private io.flamelake.proto.google.v1.Label toProto(Label label) {
    return io.flamelake.proto.google.v1.Label.newBuilder()
        .setKey(string(label.name()))
        .setStr(string(label.value()))
        .build();
  }

  private int string(String value) {
    Integer known = strings.get(value);
    if (known != null) {
      return known;
    }

    memory.take(BYTES_PER_STRING);
    int index = strings.size();
    strings.put(value, index);
    return index;
  }
}
