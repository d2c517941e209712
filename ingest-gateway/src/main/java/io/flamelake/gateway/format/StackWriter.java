/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.ConversionMemory;
import io.flamelake.gateway.convert.PprofWriter;
import io.flamelake.model.Label;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.PprofFrame;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes samples of a {@link StackTree} as a pprof. Frames that no sample has are left out. */
final class StackWriter {

  private static final int BYTES_PER_FUNCTION = 64;
  private static final int BYTES_PER_LOCATION = 32;

  private record FunctionKey(String name, String file) {}

  private final ConversionMemory memory;
  private final StackTree tree;
  private final PprofWriter pprof;
  private final int mapping;
  private final Map<FunctionKey, Integer> functions = new HashMap<>();

  /** By frame. */
  private final Int2IntOpenHashMap locations = new Int2IntOpenHashMap();

  private final long[] values;
  private int[] stack = new int[64];

  private StackWriter(ConversionMemory memory, StackTree tree, long maxBytes, int valueCount) {
    this.memory = memory;
    this.tree = tree;
    this.pprof = new PprofWriter(memory, maxBytes);
    this.mapping = pprof.symbolizedMapping();
    this.values = new long[valueCount];
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
    StackWriter writer =
        new StackWriter(memory, tree, context.limits().maxBytes(), samples.valueCount());
    writer.writeHead(context, kind, period);
    for (int sample = 0; sample < samples.size(); sample++) {
      writer.writeSample(samples, sample, labelSets.get(samples.labelSet(sample)));
    }

    return writer.pprof.toByteArray();
  }

  private void writeHead(UploadContext context, ProfileKind kind, long period) {
    for (SampleType type : kind.sampleTypes()) {
      pprof.sampleType(type.type(), type.unit());
    }

    if (kind.periodType() != null) {
      pprof.periodType(kind.periodType().type(), kind.periodType().unit());
      pprof.period(period);
    }

    pprof.times(context.fromNanos(), context.durationNanos());
  }

  private void writeSample(StackSamples samples, int sample, List<Label> labels) {
    int depth = readStack(samples.stack(sample));
    for (int type = 0; type < values.length; type++) {
      values[type] = samples.value(sample, type);
    }

    pprof.beginSample(stack, depth, values);
    for (Label label : labels) {
      pprof.textLabel(pprof.text(label.name()), pprof.text(label.value()));
    }

    pprof.endSample();
  }

  /** Reads the locations of a stack, leaf first, and writes those that are new. */
  private int readStack(int leaf) {
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

  private int location(int frame) {
    int known = locations.get(frame);
    if (known != 0) {
      return known;
    }

    memory.take(BYTES_PER_LOCATION);
    PprofFrame source = tree.frameAt(frame);
    pprof.line(function(source.function(), source.file()), source.line());
    int id = pprof.location(mapping, 0);
    locations.put(frame, id);
    return id;
  }

  private int function(String name, String file) {
    FunctionKey key = new FunctionKey(name, file);
    Integer known = functions.get(key);
    if (known != null) {
      return known;
    }

    memory.take(BYTES_PER_FUNCTION);
    int nameText = pprof.text(name);
    int id = pprof.function(nameText, nameText, pprof.text(file), 0);
    functions.put(key, id);
    return id;
  }
}
