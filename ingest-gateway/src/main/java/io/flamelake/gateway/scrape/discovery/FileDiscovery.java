/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.discovery;

import static java.util.Objects.requireNonNull;

import io.flamelake.gateway.scrape.config.FileDiscoveryConfig;
import io.flamelake.gateway.scrape.config.ScrapeConfigException;
import io.flamelake.gateway.scrape.config.StaticTargets;
import io.flamelake.gateway.scrape.config.YamlDocument;
import io.flamelake.gateway.scrape.config.YamlMapping;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Targets listed in files, which are read again when their text changes. A file that is bad or
 * cannot be read leaves its targets as they were; one that is gone has none.
 */
public final class FileDiscovery implements Discovery {

  private static final Logger LOG = LoggerFactory.getLogger(FileDiscovery.class);

  private static final String FILE_LABEL = "__meta_filepath";

  private final FileDiscoveryConfig config;
  private final ScheduledExecutorService executor;
  private volatile Map<Path, FileState> files = Map.of();
  private volatile boolean hasLooked;
  private @Nullable Future<?> refreshing;

  /** What a file said last, good or bad, and the targets of the last good text. */
  private record FileState(
      String text, List<SortedMap<String, String>> targets, @Nullable String error) {}

  /**
   * @param executor reads the files; stays the caller's
   */
  public FileDiscovery(FileDiscoveryConfig config, ScheduledExecutorService executor) {
    this.config = requireNonNull(config, "config");
    this.executor = requireNonNull(executor, "executor");
  }

  @Override
  public synchronized void start(Runnable changed) {
    long millis = Math.max(1, config.refreshInterval().toMillis());
    refreshing =
        executor.scheduleWithFixedDelay(() -> refresh(changed), 0, millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public List<SortedMap<String, String>> targets() {
    List<SortedMap<String, String>> all = new ArrayList<>();
    files.values().forEach(file -> all.addAll(file.targets()));
    return all;
  }

  @Override
  public boolean hasLooked() {
    return hasLooked;
  }

  @Override
  public synchronized void close() {
    if (refreshing != null) {
      refreshing.cancel(false);
    }
  }

  private void refresh(Runnable changed) {
    try {
      Map<Path, FileState> read = new TreeMap<>();
      for (Path pattern : config.patterns()) {
        for (Path file : matches(pattern)) {
          read.put(file, read(file, files.get(file)));
        }
      }

      if (!read.equals(files)) {
        files = read;
        changed.run();
      }

      hasLooked = true;
    } catch (RuntimeException e) {
      // An exception would end the schedule.
      LOG.error("Files {} could not be looked at", config.patterns(), e);
    }
  }

  private static List<Path> matches(Path pattern) {
    String name = String.valueOf(pattern.getFileName());
    Path directory = requireNonNull(pattern.toAbsolutePath().getParent());
    if (!name.contains("*")) {
      return Files.exists(pattern) ? List.of(pattern) : List.of();
    }

    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, name)) {
      entries.forEach(found::add);
    } catch (IOException e) {
      LOG.debug("{} cannot be listed", directory, e);
    }

    return found;
  }

  private static FileState read(Path file, @Nullable FileState before) {
    List<SortedMap<String, String>> kept = before == null ? List.of() : before.targets();
    String text = "";
    try {
      text = Files.readString(file);
      if (before != null && before.text().equals(text)) {
        return before;
      }

      return new FileState(text, parse(file, text), null);
    } catch (IOException | ScrapeConfigException e) {
      String error = String.valueOf(e.getMessage());
      if (before == null || !error.equals(before.error())) {
        LOG.warn("Targets of {} stay as they are: {}", file, error);
      }

      return new FileState(text, kept, error);
    }
  }

  private static List<SortedMap<String, String>> parse(Path file, String text) {
    List<SortedMap<String, String>> all = new ArrayList<>();
    SortedMap<String, String> origin = new TreeMap<>(Map.of(FILE_LABEL, file.toString()));
    for (YamlMapping group : YamlDocument.parse(file.toString(), text).mappings()) {
      all.addAll(
          StaticDiscovery.labels(
              StaticTargets.parse(group), Collections.unmodifiableSortedMap(origin)));
    }

    return all;
  }
}
