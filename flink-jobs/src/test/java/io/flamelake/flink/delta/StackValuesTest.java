/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.normalize.ProfileNormalizer;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofFrame;
import io.flamelake.model.pprof.PprofLimits;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StackValuesTest {

  private final SplittableRandom random = new SplittableRandom(5);

  @Test
  void countsAsMapsDo() {
    for (int round = 0; round < 2_000; round++) {
      SortedMap<Long, Long> left = randomMap();
      SortedMap<Long, Long> right = random.nextInt(4) == 0 ? grown(left) : randomMap();

      SortedMap<Long, Long> rest = new TreeMap<>();
      left.forEach(
          (id, value) -> {
            if (value > right.getOrDefault(id, 0L)) {
              rest.put(id, value - right.getOrDefault(id, 0L));
            }
          });
      SortedMap<Long, Long> max = new TreeMap<>(left);
      right.forEach((id, value) -> max.merge(id, value, Math::max));
      boolean covers =
          right.entrySet().stream()
              .allMatch(other -> left.getOrDefault(other.getKey(), 0L) >= other.getValue());

      assertThat(values(left).minus(values(right))).isEqualTo(values(rest));
      assertThat(values(left).max(values(right))).isEqualTo(values(max));
      assertThat(values(left).covers(values(right))).isEqualTo(covers);
      assertThat(values(left).total())
          .isEqualTo(left.values().stream().mapToLong(Long::longValue).sum());
    }
  }

  @Test
  void totalThatDoesNotFitStaysAtTheMaximum() {
    assertThat(new StackValues(new long[] {1, 2}, new long[] {Long.MAX_VALUE, 2}).total())
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void makesOneOfSamplesThatDifferInTheirSpan() {
    byte[] pprof =
        new PprofBuilder()
            .addSampleType("alloc_space", "bytes")
            .addSample(List.of(new PprofFrame("main", "", 0)), span("00000000000000a1"), 3)
            .addSample(List.of(new PprofFrame("main", "", 0)), span("00000000000000a2"), 4)
            .toByteArray();
    ProfileRow row =
        new ProfileNormalizer()
            .normalize(
                new TenantId("t"),
                new UUID(1, 2),
                1,
                LabelSet.of("__name__", "memory", "service_name", "s"),
                PprofDecoder.decode(pprof, PprofLimits.STORED))
            .get(0);
    assertThat(row.stackIds()).as("samples of the row").hasSize(2);

    StackValues values = StackValues.of(row);

    assertThat(values.ids()).containsExactly(row.stackIds()[0]);
    assertThat(values.values()).containsExactly(7);
  }

  private static LabelSet span(String id) {
    return LabelSet.of("span_id", id);
  }

  private SortedMap<Long, Long> randomMap() {
    SortedMap<Long, Long> map = new TreeMap<>();
    int size = random.nextInt(6);
    for (int i = 0; i < size; i++) {
      map.put((long) random.nextInt(10) - 5, 1L + random.nextInt(4));
    }

    return map;
  }

  private SortedMap<Long, Long> grown(SortedMap<Long, Long> map) {
    SortedMap<Long, Long> grown = new TreeMap<>(map);
    grown.replaceAll((id, value) -> value + random.nextInt(3));
    grown.putIfAbsent(7L, 1L);
    return grown;
  }

  private static StackValues values(SortedMap<Long, Long> map) {
    return new StackValues(
        map.keySet().stream().mapToLong(Long::longValue).toArray(),
        map.values().stream().mapToLong(Long::longValue).toArray());
  }
}
