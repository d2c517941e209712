/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.normalize;

import io.flamelake.model.DiscardReason;
import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;
import io.flamelake.model.XxHash64;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.Pprof;
import it.unimi.dsi.fastutil.ints.IntArrays;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Splits one decoded pprof into rows of the table {@code profiles}: one per sample type and label
 * group that has samples left.
 *
 * <ul>
 *   <li>Samples with a negative value, with only zeros, or with a location that has neither line
 *       nor address are dropped; so is a zero among a sample's values.
 *   <li>String labels of samples split the profile, see {@link SampleLabels}; {@code span_id} (also
 *       sent as {@code profile_id}) and {@code trace_id} are kept per sample.
 *   <li>Stacks become canonical: root first, inlined lines expanded, shapes of Go generics removed,
 *       addresses of symbolized locations ignored, at most {@link Pprof#maxDepth} frames from the
 *       root. Samples that are then equal are merged.
 * </ul>
 *
 * <p><b>Stack id</b>: XXH64 over the frame hashes, root first, each as eight bytes little endian
 * (the hash of a frame is defined at {@link FrameTable#hashFrames}), seeded with XXH64 over the
 * UTF-8 of {@code tenant NUL service_name}. Ids are stored and joined on, so this never changes.
 *
 * <p>The result depends on the arguments alone, whatever was normalized before. Not thread-safe:
 * scratch arrays are reused.
 */
public final class ProfileNormalizer {

  private static final long NANOS_PER_MICRO = 1_000;

  /**
   * A location can be one byte in a sample and hold any number of inlined lines: a few megabytes
   * could ask for thousands of millions of frames. Real profiles expand to well under one frame a
   * byte.
   */
  private static final int MAX_FRAMES_PER_BYTE = 2;

  private static final int MIN_MAX_FRAMES = 1 << 22;

  private static final int MAX_IDLE_FRAMES = 1 << 20;

  private @Nullable TenantId seedTenant;
  private String seedService = "";
  private long seed;

  private long[] functionHashes = {};
  private long[] frameHashes = {};

  // Distinct stacks in order of first use, found by id through an open-addressed table of
  // (number + 1), 0 for free.
  private int[] slots = {};
  private int slotMask;
  private long[] stackIds = {};
  private int[] stackStarts = {};
  private int[] stackDepths = {};
  private int[] frames = {};
  private long[] lanes = new long[64];
  private int stackCount;
  private int frameCount;

  // Parallel to the pprof's samples, or to the samples that are left.
  private int[] kept = {};
  private int[] sampleStacks = {};
  private int[] sampleGroups = {};
  private int[] ordered = {};
  private int[] reordered = {};
  private int[] counts = {};
  private long[] spanIds = {};
  private long[] traceIds = {};
  private int keptCount;
  private boolean hasIds;

  private long[] rowStacks = {};
  private long[] rowValues = {};
  private long[] rowSpans = {};
  private long[] rowTraces = {};

  /** Normalizes into a list. */
  public List<ProfileRow> normalize(
      TenantId tenant, UUID profileId, long receiveTimeNanos, LabelSet pushed, Pprof pprof) {
    List<ProfileRow> rows = new ArrayList<>();
    normalize(tenant, profileId, receiveTimeNanos, pushed, pprof, rows::add);
    return rows;
  }

  /**
   * Hands the rows to {@code out} one after the other, group by group in order of first use, and
   * within a group in order of sample types.
   *
   * @param receiveTimeNanos the profile's time where it has none
   * @param pushed labels of the series as pushed, with {@code __name__} and {@code service_name}
   * @throws MalformedProfileException if {@code __name__} holds a colon, and so fits in no type id,
   *     or if the stacks of a few bytes expand to an unreasonable number of frames
   */
  public void normalize(
      TenantId tenant,
      UUID profileId,
      long receiveTimeNanos,
      LabelSet pushed,
      Pprof pprof,
      Consumer<? super ProfileRow> out) {
    ProfileType[] types = types(pushed.value(LabelNames.NAME), pprof);
    String service = pushed.value(LabelNames.SERVICE_NAME);
    FrameTable table = new FrameTable(pprof);
    hashFrames(table);
    readStacks(pprof, table, seed(tenant, service));
    if (keptCount == 0) {
      return;
    }

    StackTraces stacks = sortStacks(table);
    SampleLabels labels = readLabels(pushed, pprof);
    orderSamples(labels.groupCount());

    long time = pprof.timeNanos() == 0 ? receiveTimeNanos : pprof.timeNanos();
    ensureRowCapacity();
    int start = 0;
    while (start < keptCount) {
      int group = sampleGroups[ordered[start]];
      int end = start + 1;
      while (end < keptCount && sampleGroups[ordered[end]] == group) {
        end++;
      }

      LabelSet stored = labels.labels(group);
      for (int type = 0; type < types.length; type++) {
        int size = mergeSamples(pprof, type, start, end, stacks);
        if (size > 0) {
          out.accept(
              new ProfileRow(
                  tenant,
                  profileId,
                  types[type],
                  service,
                  Math.floorDiv(time, NANOS_PER_MICRO),
                  pprof.durationNanos(),
                  pprof.period(),
                  stored,
                  stored.id(),
                  sum(rowValues, size),
                  Arrays.copyOf(rowStacks, size),
                  Arrays.copyOf(rowValues, size),
                  hasIds ? copyUnlessZero(rowSpans, size) : null,
                  hasIds ? copyUnlessZero(rowTraces, 2 * size) : null,
                  stacks));
        }
      }

      start = end;
    }
  }

  private static ProfileType[] types(String name, Pprof pprof) {
    if (name.indexOf(':') >= 0) {
      throw new MalformedProfileException(
          DiscardReason.INVALID_LABELS,
          "Invalid label __name__='" + name + "' (expected: no colon)");
    }

    ProfileType[] types = new ProfileType[pprof.sampleTypeCount()];
    for (int i = 0; i < types.length; i++) {
      types[i] =
          new ProfileType(
              name,
              pprof.sampleType(i),
              pprof.sampleUnit(i),
              pprof.periodType(),
              pprof.periodUnit());
    }

    return types;
  }

  private long seed(TenantId tenant, String service) {
    if (!tenant.equals(seedTenant) || !service.equals(seedService)) {
      byte[] bytes = (tenant.value() + '\0' + service).getBytes(StandardCharsets.UTF_8);
      seed = XxHash64.hash(bytes, 0);
      seedTenant = tenant;
      seedService = service;
    }

    return seed;
  }

  private void hashFrames(FrameTable table) {
    if (functionHashes.length < table.functionCount()) {
      functionHashes = new long[table.functionCount()];
    }

    if (frameHashes.length < table.frameCount()) {
      frameHashes = new long[table.frameCount()];
    }

    table.hashFrames(frameHashes, functionHashes);
  }

  /** Finds the samples to keep and numbers their stacks. */
  private void readStacks(Pprof pprof, FrameTable table, long stackSeed) {
    int samples = pprof.sampleCount();
    if (kept.length < samples) {
      kept = new int[samples];
      sampleStacks = new int[samples];
      sampleGroups = new int[samples];
      ordered = new int[samples];
      reordered = new int[samples];
      stackIds = new long[samples];
      stackStarts = new int[samples];
      stackDepths = new int[samples];
    }

    int slotCount = Integer.highestOneBit(Math.max(1, samples)) << 2;
    slotMask = slotCount - 1;
    if (slots.length < slotCount) {
      slots = new int[slotCount];
    } else {
      Arrays.fill(slots, 0, slotCount, 0);
    }

    keptCount = 0;
    stackCount = 0;
    frameCount = 0;
    long maxFrames = Math.max(MIN_MAX_FRAMES, (long) MAX_FRAMES_PER_BYTE * pprof.byteCount());
    for (int sample = 0; sample < samples; sample++) {
      if (frameCount > maxFrames) {
        throw new MalformedProfileException(
            DiscardReason.MALFORMED_PROFILE,
            "Stacks expand to more than "
                + maxFrames
                + " frames, from "
                + pprof.byteCount()
                + " bytes");
      }

      if (!hasValue(pprof, sample)) {
        continue;
      }

      int depth = expand(pprof, table, sample);
      if (depth < 0) {
        continue;
      }

      long id = XxHash64.hash(lanes, 0, depth, stackSeed);
      sampleStacks[sample] = intern(id, depth);
      kept[keptCount++] = sample;
    }
  }

  private static boolean hasValue(Pprof pprof, int sample) {
    long any = 0;
    for (int type = 0; type < pprof.sampleTypeCount(); type++) {
      any |= pprof.value(sample, type);
    }

    // The sign bit is set as soon as one value is negative.
    return any > 0;
  }

  /**
   * Writes a sample's frames after the stacks known so far, and their hashes into the lanes.
   *
   * @return the number of frames, or -1 if a location has none
   */
  private int expand(Pprof pprof, FrameTable table, int sample) {
    int first = frameCount;
    int end = first;
    int limit = first + Math.min(pprof.maxDepth(), Integer.MAX_VALUE - first);
    int leaf = pprof.stackStart(sample);
    for (int position = pprof.stackEnd(sample) - 1; position >= leaf; position--) {
      int location = pprof.location(position);
      int frame = table.firstFrame(location);
      int frameEnd = table.endFrame(location);
      if (frame == frameEnd) {
        return -1;
      }

      for (; frame < frameEnd && end < limit; frame++) {
        if (end == frames.length) {
          frames = Arrays.copyOf(frames, Math.max(1024, 2 * end));
        }

        if (end - first == lanes.length) {
          lanes = Arrays.copyOf(lanes, 2 * lanes.length);
        }

        lanes[end - first] = frameHashes[frame];
        frames[end++] = frame;
      }
    }

    return end - first;
  }

  private int intern(long id, int depth) {
    int slot = (int) id & slotMask;
    while (slots[slot] != 0) {
      int stack = slots[slot] - 1;
      if (stackIds[stack] == id) {
        return stack;
      }

      slot = (slot + 1) & slotMask;
    }

    stackIds[stackCount] = id;
    stackStarts[stackCount] = frameCount;
    stackDepths[stackCount] = depth;
    frameCount += depth;
    slots[slot] = ++stackCount;
    return stackCount - 1;
  }

  /** Numbers the stacks anew in the order of their ids. */
  private StackTraces sortStacks(FrameTable table) {
    long[] sorted = Arrays.copyOf(stackIds, stackCount);
    Arrays.sort(sorted);
    int[] starts = new int[stackCount];
    int[] depths = new int[stackCount];
    int[] ranks = new int[stackCount];
    for (int rank = 0; rank < stackCount; rank++) {
      int slot = (int) sorted[rank] & slotMask;
      while (stackIds[slots[slot] - 1] != sorted[rank]) {
        slot = (slot + 1) & slotMask;
      }

      int stack = slots[slot] - 1;
      starts[rank] = stackStarts[stack];
      depths[rank] = stackDepths[stack];
      ranks[stack] = rank;
    }

    for (int i = 0; i < keptCount; i++) {
      sampleStacks[kept[i]] = ranks[sampleStacks[kept[i]]];
    }

    int[] stackFrames = Arrays.copyOf(frames, frameCount);
    if (frames.length > MAX_IDLE_FRAMES) {
      frames = new int[0];
    }

    return new StackTraces(sorted, starts, depths, stackFrames, table);
  }

  private SampleLabels readLabels(LabelSet pushed, Pprof pprof) {
    SampleLabels labels = new SampleLabels(pushed, pprof);
    hasIds = false;
    for (int i = 0; i < keptCount; i++) {
      int sample = kept[i];
      sampleGroups[sample] = labels.read(sample);
      if ((labels.spanId() | labels.traceIdHigh() | labels.traceIdLow()) != 0) {
        if (!hasIds) {
          spanIds = cleared(spanIds, pprof.sampleCount());
          traceIds = cleared(traceIds, 2 * pprof.sampleCount());
          hasIds = true;
        }

        spanIds[sample] = labels.spanId();
        traceIds[2 * sample] = labels.traceIdHigh();
        traceIds[2 * sample + 1] = labels.traceIdLow();
      }
    }

    return labels;
  }

  /** Orders the samples by group, stack id, span id and trace id: equal ones become neighbours. */
  private void orderSamples(int groupCount) {
    countingSort(kept, ordered, sampleStacks, stackCount);
    if (groupCount > 1) {
      countingSort(ordered, reordered, sampleGroups, groupCount);
      int[] swapped = ordered;
      ordered = reordered;
      reordered = swapped;
    }

    if (!hasIds) {
      return;
    }

    int start = 0;
    for (int end = 1; end <= keptCount; end++) {
      if (end == keptCount || !haveSameStack(ordered[start], ordered[end])) {
        if (end - start > 1) {
          IntArrays.quickSort(ordered, start, end, this::compareIds);
        }

        start = end;
      }
    }
  }

  private void countingSort(int[] from, int[] to, int[] keys, int keyCount) {
    if (counts.length <= keyCount) {
      counts = new int[keyCount + 1];
    } else {
      Arrays.fill(counts, 0, keyCount + 1, 0);
    }

    for (int i = 0; i < keptCount; i++) {
      counts[keys[from[i]] + 1]++;
    }

    for (int key = 0; key < keyCount; key++) {
      counts[key + 1] += counts[key];
    }

    for (int i = 0; i < keptCount; i++) {
      to[counts[keys[from[i]]]++] = from[i];
    }
  }

  private boolean haveSameStack(int left, int right) {
    return sampleStacks[left] == sampleStacks[right] && sampleGroups[left] == sampleGroups[right];
  }

  private int compareIds(int left, int right) {
    int order = Long.compare(spanIds[left], spanIds[right]);
    if (order == 0) {
      order = Long.compare(traceIds[2 * left], traceIds[2 * right]);
    }

    return order != 0 ? order : Long.compare(traceIds[2 * left + 1], traceIds[2 * right + 1]);
  }

  /**
   * Writes the values of one sample type into the row arrays, one entry per run of equal samples.
   *
   * @return the number of entries
   */
  private int mergeSamples(Pprof pprof, int type, int start, int end, StackTraces stacks) {
    int size = 0;
    int last = -1;
    for (int i = start; i < end; i++) {
      int sample = ordered[i];
      long value = pprof.value(sample, type);
      if (value == 0) {
        continue;
      }

      boolean isEqual =
          last >= 0
              && sampleStacks[last] == sampleStacks[sample]
              && (!hasIds || compareIds(last, sample) == 0);
      last = sample;
      if (isEqual) {
        rowValues[size - 1] = sum(rowValues[size - 1], value);
        continue;
      }

      rowStacks[size] = stacks.id(sampleStacks[sample]);
      rowValues[size] = value;
      if (hasIds) {
        rowSpans[size] = spanIds[sample];
        rowTraces[2 * size] = traceIds[2 * sample];
        rowTraces[2 * size + 1] = traceIds[2 * sample + 1];
      }

      size++;
    }

    return size;
  }

  private void ensureRowCapacity() {
    if (rowStacks.length < keptCount) {
      rowStacks = new long[keptCount];
      rowValues = new long[keptCount];
    }

    if (hasIds && rowSpans.length < keptCount) {
      rowSpans = new long[keptCount];
      rowTraces = new long[2 * keptCount];
    }
  }

  private static long sum(long[] values, int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum = sum(sum, values[i]);
    }

    return sum;
  }

  /** Adds two positive values; a sum that does not fit stays at the maximum, never negative. */
  private static long sum(long left, long right) {
    long sum = left + right;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  private static long @Nullable [] copyUnlessZero(long[] values, int count) {
    long any = 0;
    for (int i = 0; i < count; i++) {
      any |= values[i];
    }

    return any == 0 ? null : Arrays.copyOf(values, count);
  }

  private static long[] cleared(long[] scratch, int length) {
    if (scratch.length < length) {
      return new long[length];
    }

    Arrays.fill(scratch, 0, length, 0);
    return scratch;
  }
}
