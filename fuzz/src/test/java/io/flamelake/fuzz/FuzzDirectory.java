/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where the files of one target are. */
final class FuzzDirectory {

  private static final Path REGRESSIONS = Path.of("src", "test", "resources", "regressions");

  private final Path module;
  private final FuzzTarget target;

  /**
   * Names the files.
   *
   * @param module the directory of this module
   */
  FuzzDirectory(Path module, FuzzTarget target) {
    this.module = module.toAbsolutePath();
    this.target = target;
  }

  /** What earlier runs have found to be worth keeping; this run adds to it. */
  Path corpus() {
    return created(module.resolve(".corpus").resolve(target.id()));
  }

  /** Inputs that have failed once. */
  Path regressions() {
    return module.resolve(REGRESSIONS).resolve(target.id());
  }

  /** What Jazzer says. */
  Path log() {
    return created(module.resolve("target").resolve("fuzz")).resolve(target.id() + ".log");
  }

  /** Inputs that have failed in this run. */
  Path findings() {
    return created(module.resolve("target").resolve("fuzz").resolve(target.id()));
  }

  /** Writes the inputs to begin with. */
  Path writeSeeds() {
    Path seeds = created(module.resolve("target").resolve("seeds").resolve(target.id()));
    List<byte[]> inputs = target.seeds();
    try {
      for (int i = 0; i < inputs.size(); i++) {
        Files.write(seeds.resolve("seed-" + i), inputs.get(i));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return seeds;
  }

  /** The regular files of a directory, none if there is no such directory. */
  static List<Path> files(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }

    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path created(Path directory) {
    try {
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
