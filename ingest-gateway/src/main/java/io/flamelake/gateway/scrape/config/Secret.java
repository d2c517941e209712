/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A text that is written in the configuration, or stands in a file, which is read for each use: it
 * may be renewed at any time.
 */
public record Secret(@Nullable String value, @Nullable Path file) {

  public static Secret of(String value) {
    return new Secret(requireNonNull(value, "value"), null);
  }

  public static Secret in(Path file) {
    return new Secret(null, requireNonNull(file, "file"));
  }

  public boolean isInFile() {
    return file != null;
  }

  /** The text; of a file without the line break at its end. */
  public String read() throws IOException {
    return file == null ? requireNonNull(value) : Files.readString(file).strip();
  }

  /** Never the secret itself: records that hold it are logged. */
  @Override
  public String toString() {
    return file == null ? "********" : file.toString();
  }
}
