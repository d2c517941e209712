/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import com.google.protobuf.InvalidProtocolBufferException;
import io.flamelake.gateway.convert.ConversionMemory;
import io.flamelake.gateway.convert.Malformed;
import io.flamelake.model.Label;
import io.flamelake.proto.jfr.v1.Context;
import io.flamelake.proto.jfr.v1.LabelsSnapshot;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The labels that a JFR file's events have through their context ids. Contexts with the same labels
 * are one set.
 */
final class JfrLabels {

  /** The set without labels: of contexts that nothing is known of, and of events without. */
  static final int NO_LABELS = 0;

  /** What parsing takes at most for each byte of the snapshot, found on one of tiny entries. */
  private static final int BYTES_PER_BYTE = 32;

  private final Long2IntOpenHashMap setsByContext = new Long2IntOpenHashMap();
  private final List<List<Label>> sets = new ArrayList<>();

  JfrLabels() {
    sets.add(List.of());
  }

  /**
   * Reads a snapshot.
   *
   * @param snapshot uncompressed
   * @throws io.flamelake.model.pprof.MalformedProfileException if it is none
   */
  static JfrLabels read(byte[] snapshot, ConversionMemory memory) {
    memory.take((long) BYTES_PER_BYTE * snapshot.length);
    LabelsSnapshot parsed;
    try {
      parsed = LabelsSnapshot.parseFrom(snapshot);
    } catch (InvalidProtocolBufferException e) {
      throw Malformed.of("Field labels: " + e.getMessage());
    }

    JfrLabels labels = new JfrLabels();
    Map<List<Label>, Integer> numbers = new LinkedHashMap<>();
    numbers.put(List.of(), NO_LABELS);
    parsed
        .getContextsMap()
        .forEach(
            (id, context) -> {
              List<Label> set = toLabels(context, parsed.getStringsMap());
              int number = numbers.computeIfAbsent(set, s -> numbers.size());
              if (number == labels.sets.size()) {
                labels.sets.add(set);
              }

              labels.setsByContext.put((long) id, number);
            });
    return labels;
  }

  /** The number of a context's set of labels. */
  int setOf(long contextId) {
    return setsByContext.get(contextId);
  }

  List<List<Label>> sets() {
    return sets;
  }

  /** In the order of their names, so that equal contexts make equal lists. */
  private static List<Label> toLabels(Context context, Map<Long, String> strings) {
    List<Label> labels = new ArrayList<>(context.getLabelsCount());
    context
        .getLabelsMap()
        .forEach(
            (key, value) -> {
              String name = strings.getOrDefault(key, "");
              String text = strings.getOrDefault(value, "");
              if (!name.isEmpty() && !text.isEmpty()) {
                labels.add(new Label(name, text));
              }
            });
    labels.sort(Comparator.comparing(Label::name).thenComparing(Label::value));
    return List.copyOf(labels);
  }
}
