/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.normalize;

import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import io.flamelake.model.XxHash64;
import io.flamelake.model.pprof.Pprof;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Tells the label groups of one pprof's samples apart and picks out their span and trace ids.
 *
 * <p>A group is one set of stored labels: the series' own and those string labels of the sample
 * that the series has no value for. Of two values for one name the first counts. Numeric labels,
 * which are measurements rather than dimensions, do not group.
 */
final class SampleLabels {

  private static final String SPAN_ID = "span_id";
  private static final String PROFILE_ID = "profile_id";
  private static final String TRACE_ID = "trace_id";

  /**
   * Derived from the profile type, or instructions to the server: never stored. A session's id is
   * stored where the gateway has left it with the series.
   */
  private static final Set<String> NOT_STORED =
      Set.of(
          LabelNames.NAME,
          LabelNames.PROFILE_TYPE,
          LabelNames.TYPE,
          LabelNames.UNIT,
          LabelNames.PERIOD_TYPE,
          LabelNames.PERIOD_UNIT,
          LabelNames.SERVICE_NAME_PRIVATE,
          LabelNames.DELTA);

  private static final long HASH_SEED = ThreadLocalRandom.current().nextLong();

  private enum Kind {
    IGNORED,
    GROUPING,
    SPAN_ID,
    TRACE_ID
  }

  /** The string numbers of a sample's grouping labels, in the sample's order. */
  private static final class Key {

    private final long[] labels;
    private final int hash;

    Key(long[] labels) {
      this.labels = labels;
      this.hash = Long.hashCode(XxHash64.hash(labels, 0, labels.length, HASH_SEED));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key && Arrays.equals(labels, ((Key) other).labels);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  private final Pprof pprof;
  private final LabelSet series;
  private final Kind[] kinds;
  private final List<LabelSet> groups = new ArrayList<>();
  private final Map<LabelSet, Integer> groupsByLabels = new HashMap<>();
  private final Map<Key, Integer> groupsByKey = new HashMap<>();

  private Key lastKey = new Key(new long[0]);
  private int lastGroup = -1;
  private long[] grouping = new long[8];
  private long spanId;
  private long traceIdHigh;
  private long traceIdLow;

  /**
   * @param pushed the labels of the series as pushed
   */
  SampleLabels(LabelSet pushed, Pprof pprof) {
    this.pprof = pprof;
    this.series = pushed.without(NOT_STORED.toArray(new String[0]));
    this.kinds = new Kind[pprof.stringCount()];
  }

  /** Reads a sample's labels and returns the number of its group. */
  int read(int sample) {
    spanId = 0;
    traceIdHigh = 0;
    traceIdLow = 0;
    int count = 0;
    for (int i = pprof.labelStart(sample); i < pprof.labelEnd(sample); i++) {
      int value = pprof.labelString(i);
      if (pprof.stringLength(value) == 0) {
        continue;
      }

      switch (kind(pprof.labelKey(i))) {
        case IGNORED -> {}
        case GROUPING -> {
          if (count == grouping.length) {
            grouping = Arrays.copyOf(grouping, 2 * count);
          }

          grouping[count++] = (long) pprof.labelKey(i) << Integer.SIZE | value;
        }
        case SPAN_ID -> readSpanId(pprof.string(value));
        case TRACE_ID -> readTraceId(pprof.string(value));
      }
    }

    if (lastGroup < 0
        || !Arrays.equals(grouping, 0, count, lastKey.labels, 0, lastKey.labels.length)) {
      lastKey = new Key(Arrays.copyOf(grouping, count));
      lastGroup = groupsByKey.computeIfAbsent(lastKey, this::newGroup);
    }

    return lastGroup;
  }

  /** The span id of the sample read last, 0 for none. */
  long spanId() {
    return spanId;
  }

  long traceIdHigh() {
    return traceIdHigh;
  }

  long traceIdLow() {
    return traceIdLow;
  }

  int groupCount() {
    return groups.size();
  }

  /** The labels to store with a group's samples. */
  LabelSet labels(int group) {
    return groups.get(group);
  }

  private Kind kind(int name) {
    Kind kind = kinds[name];
    if (kind == null) {
      kind = kindOf(pprof.string(name));
      kinds[name] = kind;
    }

    return kind;
  }

  private Kind kindOf(String name) {
    switch (name) {
      case SPAN_ID, PROFILE_ID -> {
        return Kind.SPAN_ID;
      }
      case TRACE_ID -> {
        return Kind.TRACE_ID;
      }
      default -> {
        boolean isGrouping = canGroup(name) && series.findValue(name) == null;
        return isGrouping ? Kind.GROUPING : Kind.IGNORED;
      }
    }
  }

  /** Whether a sample's label of this name groups, unless the series has a value for it. */
  static boolean canGroup(String name) {
    return switch (name) {
      case "", LabelNames.SERVICE_NAME, SPAN_ID, PROFILE_ID, TRACE_ID -> false;
      default -> !NOT_STORED.contains(name) && !name.equals(LabelNames.SESSION_ID);
    };
  }

  private int newGroup(Key key) {
    Map<String, String> labels = new HashMap<>();
    for (long label : key.labels) {
      labels.putIfAbsent(pprof.string((int) (label >>> Integer.SIZE)), pprof.string((int) label));
    }

    // Equal texts under two string numbers, or labels in another order, are one group.
    LabelSet stored = series.merge(LabelSet.of(labels));
    Integer known = groupsByLabels.putIfAbsent(stored, groups.size());
    if (known != null) {
      return known;
    }

    groups.add(stored);
    return groups.size() - 1;
  }

  private void readSpanId(String hex) {
    if (spanId == 0 && hex.length() == 16 && isHex(hex)) {
      spanId = Long.parseUnsignedLong(hex, 16);
    }
  }

  private void readTraceId(String hex) {
    if ((traceIdHigh | traceIdLow) == 0 && hex.length() == 32 && isHex(hex)) {
      traceIdHigh = Long.parseUnsignedLong(hex, 0, 16, 16);
      traceIdLow = Long.parseUnsignedLong(hex, 16, 32, 16);
    }
  }

  private static boolean isHex(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean isDigit = c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
      if (!isDigit) {
        return false;
      }
    }

    return true;
  }
}
