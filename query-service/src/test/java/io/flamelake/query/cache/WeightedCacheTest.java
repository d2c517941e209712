/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WeightedCacheTest {
  @Test
  void evictsWhatWasUsedLeastRecently() {
    WeightedCache<String, int[]> cache = new WeightedCache<>(10, value -> value[0]);
    cache.add("a", new int[] {4});
    cache.add("b", new int[] {4});
    cache.find("a");
    cache.add("c", new int[] {4});

    assertThat(cache.find("b")).isNull();
    assertThat(cache.find("a")).isNotNull();
    assertThat(cache.weight()).isEqualTo(8);
  }

  @Test
  void keepsTheFirstValueOfAKey() {
    WeightedCache<String, int[]> cache = new WeightedCache<>(10, value -> value[0]);
    int[] first = cache.add("a", new int[] {1});

    assertThat(cache.add("a", new int[] {2})).isSameAs(first);
    assertThat(cache.weight()).isEqualTo(1);
  }

  @Test
  void doesNotKeepWhatIsLargerThanAllOfIt() {
    WeightedCache<String, int[]> cache = new WeightedCache<>(10, value -> value[0]);
    cache.add("a", new int[] {4});
    cache.add("b", new int[] {11});

    assertThat(cache.find("b")).isNull();
    assertThat(cache.find("a")).isNotNull();
  }

  @Test
  void weighsGrownValuesAgain() {
    WeightedCache<String, int[]> cache = new WeightedCache<>(10, value -> value[0]);
    int[] growing = cache.add("a", new int[] {1});
    cache.add("b", new int[] {5});
    growing[0] = 8;
    cache.reweigh("a");

    assertThat(cache.weight()).isEqualTo(8);
    assertThat(cache.find("b")).isNull();
  }
}
