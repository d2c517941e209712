/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Rows in a text file, one a line: tenant, profile id, profile type and total value, divided by
 * tabs. Any engine that reads the tables can write one.
 */
public final class StoredProfilesFile implements StoredProfiles {

  private final Path file;

  public StoredProfilesFile(Path file) {
    this.file = file;
  }

  @Override
  public void forEach(Consumer<StoredProfile> consumer) {
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        consumer.accept(parse(line));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  private static StoredProfile parse(String line) {
    String[] columns = line.split("\t", -1);
    if (columns.length != 4) {
      throw new IllegalArgumentException(
          "Not a stored profile (expected: tenant, id, type and total by tabs): " + line);
    }

    return new StoredProfile(
        new TenantId(columns[0]),
        UUID.fromString(columns[1]),
        ProfileType.parse(columns[2]),
        Long.parseLong(columns[3]));
  }
}
