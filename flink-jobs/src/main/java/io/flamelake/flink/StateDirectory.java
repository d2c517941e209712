/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where the embedded cluster keeps its checkpoints between two runs of the process. */
final class StateDirectory {

  private static final String METADATA = "_metadata";

  /** Of {@code <job>/chk-<n>/_metadata}; savepoints have one level less. */
  private static final int MAX_DEPTH = 3;

  private final Path root;

  StateDirectory(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  Path checkpoints() {
    return root.resolve("checkpoints");
  }

  Path savepoints() {
    return root.resolve("savepoints");
  }

  Path temporary() {
    return root.resolve("tmp");
  }

  void create() {
    try {
      deleteAll(temporary());
      Files.createDirectories(checkpoints());
      Files.createDirectories(savepoints());
      Files.createDirectories(temporary());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot prepare state directory " + root, e);
    }
  }

  /** Returns the directory of the newest complete checkpoint or savepoint, or null. */
  @Nullable Path findNewest() {
    List<Path> metadata = new ArrayList<>(metadataBelow(checkpoints()));
    metadata.addAll(metadataBelow(savepoints()));
    return metadata.stream()
        .max(Comparator.comparing(StateDirectory::modified))
        .map(Path::getParent)
        .orElse(null);
  }

  /** Deletes what earlier runs left, except for what is to be restored. */
  void deleteAllBut(@Nullable Path kept) {
    try {
      for (Path parent : List.of(checkpoints(), savepoints())) {
        List<Path> runs;
        try (Stream<Path> children = Files.list(parent)) {
          runs = children.toList();
        }

        for (Path run : runs) {
          if (kept == null || !kept.startsWith(run)) {
            deleteAll(run);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete old checkpoints in " + root, e);
    }
  }

  private static List<Path> metadataBelow(Path parent) {
    try (Stream<Path> files = Files.walk(parent, MAX_DEPTH)) {
      return files.filter(file -> file.endsWith(METADATA)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look for checkpoints in " + parent, e);
    }
  }

  private static void deleteAll(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }

    List<Path> deepestFirst;
    try (Stream<Path> files = Files.walk(directory)) {
      deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
    }

    for (Path file : deepestFirst) {
      Files.delete(file);
    }
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the time of " + file, e);
    }
  }
}
