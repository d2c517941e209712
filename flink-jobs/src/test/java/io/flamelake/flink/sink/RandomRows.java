/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import io.flamelake.flink.sink.StackTableRow.Unsymbolized;
import io.flamelake.model.LabelSet;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Rows of one tenant and period in no order, which repeat some values and hold odd ones. */
public final class RandomRows {

  public static final String TENANT = "t";
  public static final int HOUR = 490_000;
  public static final int DAY = 20_000;

  private static final long MICROS_PER_HOUR = 3_600_000_000L;
  private static final String[] WORDS = {
    "", "main", "runtime.mallocgc", "Ünïcode→\uD83D\uDD25", "a b\tc", "x".repeat(300)
  };

  private final Random random;

  public RandomRows(long seed) {
    this.random = new Random(seed);
  }

  public ProfileTableRow profile() {
    int samples = random.nextInt(5) == 0 ? 0 : random.nextInt(40);
    long[] ids = random.longs(samples).sorted().toArray();
    long[] values = random.longs(samples, 0, 1 << 20).toArray();
    LabelSet labels = labels();
    return new ProfileTableRow(
        TENANT,
        "cpu:cpu:ns:cpu:" + random.nextInt(3),
        "service-" + random.nextInt(4),
        HOUR * MICROS_PER_HOUR + random.nextInt(1000),
        random.nextLong(),
        random.nextInt(),
        labels.id(),
        labels,
        Arrays.stream(values).sum(),
        ids,
        values,
        random.nextInt(3) == 0 ? random.longs(samples).toArray() : null,
        random.nextInt(3) == 0 ? random.longs(2L * samples).toArray() : null,
        new UUID(random.nextLong(), random.nextLong()));
  }

  public StackTableRow stack() {
    int depth = random.nextInt(12);
    Unsymbolized unsymbolized =
        random.nextBoolean()
            ? null
            : new Unsymbolized(words(depth), words(depth), random.longs(depth).toArray());
    return new StackTableRow(
        TENANT,
        DAY,
        "service-" + random.nextInt(4),
        random.nextLong(),
        words(depth),
        random.ints(depth, 0, 5000).toArray(),
        words(depth),
        unsymbolized);
  }

  public SeriesTableRow series() {
    LabelSet labels = labels();
    return new SeriesTableRow(
        TENANT, DAY, labels.id(), "cpu:cpu:ns:cpu:" + random.nextInt(3), word(), labels);
  }

  /** Returns all that a record holds, the elements of its arrays included. */
  public static String text(@Nullable Object value) {
    if (!(value instanceof Record)) {
      String text = Arrays.deepToString(new Object[] {value});
      return text.substring(1, text.length() - 1);
    }

    StringBuilder text = new StringBuilder();
    try {
      for (RecordComponent component : value.getClass().getRecordComponents()) {
        Object part = component.getAccessor().invoke(value);
        text.append(component.getName()).append('=').append(text(part)).append(' ');
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }

    return text.toString();
  }

  private LabelSet labels() {
    LabelSet labels = LabelSet.EMPTY;
    for (int i = random.nextInt(5); i > 0; i--) {
      labels = labels.with("label_" + random.nextInt(8), word());
    }

    return labels;
  }

  private String[] words(int count) {
    return IntStream.range(0, count).mapToObj(i -> word()).toArray(String[]::new);
  }

  private String word() {
    return random.nextBoolean()
        ? WORDS[random.nextInt(WORDS.length)]
        : "f" + random.nextInt(10_000);
  }
}
