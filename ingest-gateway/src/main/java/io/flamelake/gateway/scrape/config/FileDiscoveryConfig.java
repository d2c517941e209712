/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Files that list targets.
 *
 * @param patterns paths whose last part may hold {@code *}
 * @param refreshInterval how often they are looked at
 */
public record FileDiscoveryConfig(List<Path> patterns, Duration refreshInterval) {

  private static final Duration DEFAULT_REFRESH_INTERVAL = Duration.ofSeconds(5);

  public FileDiscoveryConfig {
    patterns = List.copyOf(patterns);
  }

  static FileDiscoveryConfig parse(YamlMapping mapping, Path directory) {
    List<Path> patterns =
        mapping.texts("files").stream()
            .map(file -> checkedPattern(mapping, directory, file))
            .toList();
    if (patterns.isEmpty()) {
      throw mapping.error("'files' is missing");
    }

    FileDiscoveryConfig config =
        new FileDiscoveryConfig(
            patterns, mapping.duration("refresh_interval", DEFAULT_REFRESH_INTERVAL));
    mapping.checkNothingElse();
    return config;
  }

  private static Path checkedPattern(YamlMapping mapping, Path directory, String file) {
    Path pattern = directory.resolve(file).normalize();
    Path parent = pattern.getParent();
    if (parent != null && parent.toString().contains("*")) {
      throw mapping.error("files", "files: '" + file + "' (expected: * in the file's name only)");
    }

    if (!file.matches(".*\\.(?:json|ya?ml)")) {
      throw mapping.error("files", "files: '" + file + "' (expected: .json, .yml or .yaml)");
    }

    return pattern;
  }
}
