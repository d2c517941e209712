/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

/**
 * How much memory and how many threads the lake engine uses.
 *
 * @param parallelism threads of one query, the caller's included
 * @param footerCacheBytes parsed footers, and small files completely
 * @param chunkCacheBytes compressed column chunks
 * @param stackCacheBytes function names of stacks
 * @param seriesCacheBytes label sets
 * @param manifestCacheBytes what the tables' manifests say about data files
 * @param rollUpCacheBytes call trees merged from roll-ups, and where the roll-ups stand
 */
public record LakeConfig(
    int parallelism,
    long footerCacheBytes,
    long chunkCacheBytes,
    long stackCacheBytes,
    long seriesCacheBytes,
    long manifestCacheBytes,
    long rollUpCacheBytes) {

  public LakeConfig {
    if (parallelism < 1) {
      throw new IllegalArgumentException("parallelism: " + parallelism + " (expected: >= 1)");
    }
  }

  /**
   * Shares of one total for all caches.
   *
   * @param cacheBytes all caches together
   */
  public static LakeConfig of(int parallelism, long cacheBytes) {
    long tenth = cacheBytes / 10;
    return new LakeConfig(
        parallelism, tenth, 2 * tenth, 5 * tenth / 2, tenth, tenth / 2, 3 * tenth);
  }
}
