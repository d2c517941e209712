/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.health.LakeHealth;
import io.flamelake.catalog.health.LakeHealthReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Files below a server's storage path. */
final class StorageFiles {
  private StorageFiles() {}

  /** The size of all data files. */
  static long dataBytes(Path storage) throws IOException {
    try (Stream<Path> files = Files.walk(storage)) {
      return files
          .filter(file -> file.toString().endsWith(".parquet"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  /**
   * The size of the data files of each table that its current version has: what maintenance
   * replaced stays on disk until its snapshots expire.
   */
  static SortedMap<String, Long> tableBytes(Path storage) {
    SortedMap<String, Long> bytes = new TreeMap<>();
    try (LakeCatalog catalog = LakeCatalog.open(CatalogConfig.embedded(storage))) {
      LakeHealth health = new LakeHealthReader(catalog.tables(), Duration.ZERO).read(Instant.now());
      health.tables().forEach(table -> bytes.put(table.table(), table.bytes()));
    }

    return bytes;
  }

  static void delete(Path dir) throws IOException {
    try (Stream<Path> files = Files.walk(dir)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
