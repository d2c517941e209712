/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Bytes of every version of the state that the job ever wrote. {@code -Dgolden.write=true} writes
 * files that are missing; one that is there is never changed.
 */
public final class GoldenFiles {

  private static final Path SOURCES = Path.of("src/test/resources/golden");

  private GoldenFiles() {}

  /** Asserts that a serializer writes today what it wrote then. */
  public static void assertSame(String name, byte[] bytes) throws IOException {
    assertThat(bytes).as("golden file %s", name).isEqualTo(load(name, bytes));
  }

  /** Returns the bytes of a golden file. */
  public static byte[] load(String name) throws IOException {
    try (InputStream in = GoldenFiles.class.getResourceAsStream("/golden/" + name)) {
      if (in == null) {
        throw new IllegalArgumentException("Golden file: " + name + " (expected: one that exists)");
      }

      return in.readAllBytes();
    }
  }

  private static byte[] load(String name, byte[] bytes) throws IOException {
    if (Boolean.getBoolean("golden.write") && !Files.exists(SOURCES.resolve(name))) {
      Files.createDirectories(SOURCES);
      Files.write(SOURCES.resolve(name), bytes);
      return bytes;
    }

    return load(name);
  }
}
