/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An installed JDK that Trino accepts. The tests themselves run on Java 17, which it does not.
 *
 * @param home its directory
 * @param version as its {@code release} file says, for example {@code 25.0.3}
 */
record TrinoJava(Path home, String version) {
  /** The oldest Java that Trino starts with. */
  static final int OLDEST = 22;

  /** Finds one: {@code TRINO_JAVA_HOME}, else this process's, else the newest that is installed. */
  static Optional<TrinoJava> find() {
    String chosen = System.getenv("TRINO_JAVA_HOME");
    if (chosen != null) {
      return Optional.ofNullable(at(Path.of(chosen)));
    }

    List<Path> candidates = new ArrayList<>();
    candidates.add(Path.of(System.getProperty("java.home")));
    candidates.addAll(directoriesIn(Path.of("/usr/lib/jvm")));
    candidates.addAll(directoriesIn(Path.of("/opt/java")));
    candidates.addAll(
        directoriesIn(Path.of(System.getProperty("user.home"), ".sdkman", "candidates", "java")));
    return candidates.stream()
        .flatMap(home -> Stream.ofNullable(at(home)))
        .max(Comparator.comparingInt(TrinoJava::feature));
  }

  Path executable() {
    return home.resolve("bin").resolve("java");
  }

  private int feature() {
    return feature(version);
  }

  private static @Nullable TrinoJava at(Path home) {
    Path release = home.resolve("release");
    if (!Files.isExecutable(home.resolve("bin").resolve("java")) || !Files.exists(release)) {
      return null;
    }

    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(release)) {
      properties.load(reader);
    } catch (IOException e) {
      return null; // not readable, so not usable
    }

    String version = properties.getProperty("JAVA_VERSION", "").replace("\"", "");
    return feature(version) < OLDEST ? null : new TrinoJava(home, version);
  }

  /** Returns 25 of 25.0.3, 1 of 1.8.0, 0 of what is no version. */
  private static int feature(String version) {
    int end = 0;
    while (end < version.length() && Character.isDigit(version.charAt(end))) {
      end++;
    }

    return end == 0 ? 0 : Integer.parseInt(version.substring(0, end));
  }

  private static List<Path> directoriesIn(Path parent) {
    if (!Files.isDirectory(parent)) {
      return List.of();
    }

    try (Stream<Path> children = Files.list(parent)) {
      return children.sorted().toList();
    } catch (IOException e) {
      return List.of(); // not readable, so nothing to find there
    }
  }
}
