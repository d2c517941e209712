/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.flink.sink.CommitRetry;
import io.flamelake.flink.source.SegmentLogLocation;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a job, from {@code key=value} arguments and from a properties file named by {@code
 * config.file}; an argument wins over the file. A setting is taken out as it is read, so that those
 * left over are the unknown ones.
 */
public final class JobArguments {

  private static final String CONFIG_FILE = "config.file";
  private static final String STORE_URI = "store.uri";
  private static final String STORE_PREFIX = "store.property.";
  private static final String CATALOG_PREFIX = "catalog.property.";
  private static final String CATALOG_NAME = "catalog.name";
  private static final String CATALOG_NAMESPACE = "catalog.namespace";
  private static final String COMMIT_TIMEOUT = "commit.timeout";

  private final Map<String, String> values;

  private JobArguments(Map<String, String> values) {
    this.values = values;
  }

  public static JobArguments parse(String[] arguments) throws IOException {
    Map<String, String> fromArguments = new TreeMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (equals <= 0) {
        throw new IllegalArgumentException("Argument: " + argument + " (expected: key=value)");
      }

      fromArguments.put(argument.substring(0, equals), argument.substring(equals + 1));
    }

    Map<String, String> values = new TreeMap<>();
    String file = fromArguments.remove(CONFIG_FILE);
    if (file != null) {
      values.putAll(readFile(Path.of(file)));
    }

    values.putAll(fromArguments);
    return new JobArguments(values);
  }

  private static Map<String, String> readFile(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }

    Map<String, String> values = new TreeMap<>();
    properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
    return values;
  }

  /** Takes {@code store.uri}, which has to be there, and {@code store.property.*}. */
  public SegmentLogLocation takeLog() {
    String uri = values.remove(STORE_URI);
    if (uri == null) {
      throw new IllegalArgumentException("Missing key: " + STORE_URI);
    }

    return new SegmentLogLocation(uri, takeAll(STORE_PREFIX));
  }

  /** Takes {@code catalog.property.*}, which have to be there, and the names of the catalog. */
  public CatalogConfig takeCatalog() {
    CatalogConfig catalog =
        new CatalogConfig(
            takeOr(CATALOG_NAME, CatalogConfig.DEFAULT_NAME),
            takeOr(CATALOG_NAMESPACE, CatalogConfig.DEFAULT_NAMESPACE),
            takeAll(CATALOG_PREFIX));
    if (catalog.properties().isEmpty()) {
      throw new IllegalArgumentException("Missing keys: " + CATALOG_PREFIX + "*");
    }

    return catalog;
  }

  /** Takes {@code commit.timeout}, if it is there. */
  public void takeCommitRetry(Consumer<CommitRetry> setting) {
    CommitRetry defaults = CommitRetry.DEFAULT;
    takeDuration(
        COMMIT_TIMEOUT,
        timeout ->
            setting.accept(
                new CommitRetry(defaults.shortestPause(), defaults.longestPause(), timeout)));
  }

  public String takeOr(String key, String defaultValue) {
    String value = take(key);
    return value == null ? defaultValue : value;
  }

  /** Takes a text, if it is there. */
  public void takeText(String key, Consumer<String> setting) {
    String value = take(key);
    if (value != null) {
      setting.accept(value);
    }
  }

  /** Takes a duration, if it is there. */
  public void takeDuration(String key, Consumer<Duration> setting) {
    Duration duration = takeDuration(key);
    if (duration != null) {
      setting.accept(duration);
    }
  }

  /** Takes a duration; null if it is not there. */
  public @Nullable Duration takeDuration(String key) {
    String value = take(key);
    if (value == null) {
      return null;
    }

    try {
      return Duration.parse(value);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          key + ": " + value + " (expected: a duration such as PT5S)", e);
    }
  }

  /** Takes a whole number, if it is there. */
  public void takeLong(String key, Consumer<Long> setting) {
    String value = take(key);
    if (value == null) {
      return;
    }

    long number;
    try {
      number = Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(key + ": " + value + " (expected: a whole number)", e);
    }

    setting.accept(number);
  }

  /** Refuses what nobody took. */
  public void checkAllTaken() {
    if (!values.isEmpty()) {
      throw new IllegalArgumentException("Unknown keys: " + values.keySet());
    }
  }

  private @Nullable String take(String key) {
    return values.remove(key);
  }

  private Map<String, String> takeAll(String prefix) {
    Map<String, String> found = new TreeMap<>();
    for (String key : Set.copyOf(values.keySet())) {
      String value = key.startsWith(prefix) ? values.remove(key) : null;
      if (value != null) {
        found.put(key.substring(prefix.length()), value);
      }
    }

    return found;
  }
}
