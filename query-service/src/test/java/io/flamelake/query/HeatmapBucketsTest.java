/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeatmapBucketsTest {
  private static final BigInteger COUNT = BigInteger.valueOf(HeatmapBuckets.COUNT);

  @Test
  void divideTheRangeEvenly() {
    Random random = new Random(1);
    for (int i = 0; i < 2_000; i++) {
      long min = random.nextLong() >>> (20 + random.nextInt(43));
      long max = min + 1 + (random.nextLong() >>> (20 + random.nextInt(43)));
      HeatmapBuckets buckets = new HeatmapBuckets(min, max);
      long value = min + (long) (random.nextDouble() * (max - min));

      assertThat(buckets.bucketOf(value)).isEqualTo(exactBucket(buckets, value));
      assertThat(buckets.bucketOf(min)).isZero();
      assertThat(buckets.bucketOf(max)).isEqualTo(HeatmapBuckets.COUNT - 1);
      assertThat(buckets.lowerBound(0)).isEqualTo(min);
    }
  }

  private static int exactBucket(HeatmapBuckets buckets, long value) {
    BigInteger offset = BigInteger.valueOf(value).subtract(BigInteger.valueOf(buckets.min()));
    BigInteger range =
        BigInteger.valueOf(buckets.max()).subtract(BigInteger.valueOf(buckets.min()));
    return offset.multiply(COUNT).divide(range).min(COUNT.subtract(BigInteger.ONE)).intValue();
  }

  @Test
  void holdTheGreatestNumbers() {
    HeatmapBuckets buckets = new HeatmapBuckets(1, Long.MAX_VALUE);

    assertThat(buckets.bucketOf(Long.MAX_VALUE)).isEqualTo(19);
    assertThat(buckets.bucketOf(Long.MAX_VALUE - 1)).isEqualTo(19);
    assertThat(buckets.bucketOf(Long.MAX_VALUE / 2)).isBetween(9, 10);
  }

  @Test
  void haveAHeightWhereAllValuesAreEqual() {
    ValueRange values = new ValueRange();
    assertThat(values.toBuckets()).isNull();

    values.add(7);
    values.add(7);
    HeatmapBuckets buckets = requireNonNull(values.toBuckets());
    assertThat(buckets).isEqualTo(new HeatmapBuckets(7, 8));
    assertThat(buckets.bucketOf(7)).isZero();
    assertThatThrownBy(() -> new HeatmapBuckets(7, 7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("max: 7 (expected: > 7)");
  }
}
