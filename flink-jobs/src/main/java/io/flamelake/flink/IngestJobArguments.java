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
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the job's settings from {@code key=value} arguments and from a properties file named by
 * {@code config.file}; an argument wins over the file. Unknown keys are refused.
 *
 * <table>
 * <caption>Keys</caption>
 * <tr><td>{@code store.uri}</td><td>segment log: {@code file:///…} or {@code s3://bucket/prefix}
 *   (required)</td></tr>
 * <tr><td>{@code store.property.*}</td><td>properties of the store</td></tr>
 * <tr><td>{@code catalog.property.*}</td><td>properties of the Iceberg catalog (required)</td></tr>
 * <tr><td>{@code catalog.name}, {@code catalog.namespace}</td><td>{@code flamelake}</td></tr>
 * <tr><td>{@code checkpoint.interval}</td><td>{@code PT5S}</td></tr>
 * <tr><td>{@code poll.interval}</td><td>{@code PT1S}</td></tr>
 * <tr><td>{@code duplicate.window}</td><td>{@code PT15M}</td></tr>
 * <tr><td>{@code writer.max-buffer-bytes}</td><td>{@code 67108864}</td></tr>
 * <tr><td>{@code commit.timeout}</td><td>{@code PT1M}</td></tr>
 * <tr><td>{@code skip.segments}</td><td>comma list of {@code lane/sequence}, none</td></tr>
 * </table>
 */
final class IngestJobArguments {

  private static final String CONFIG_FILE = "config.file";
  private static final String STORE_URI = "store.uri";
  private static final String STORE_PREFIX = "store.property.";
  private static final String CATALOG_PREFIX = "catalog.property.";
  private static final String CATALOG_NAME = "catalog.name";
  private static final String CATALOG_NAMESPACE = "catalog.namespace";
  private static final String CHECKPOINT_INTERVAL = "checkpoint.interval";
  private static final String POLL_INTERVAL = "poll.interval";
  private static final String DUPLICATE_WINDOW = "duplicate.window";
  private static final String MAX_BUFFER_BYTES = "writer.max-buffer-bytes";
  private static final String COMMIT_TIMEOUT = "commit.timeout";
  private static final String SKIP_SEGMENTS = "skip.segments";

  /** A listing of a lane on object storage takes longer, and is paid for. */
  private static final Duration DEFAULT_POLL_INTERVAL = Duration.ofSeconds(1);

  private final Map<String, String> values;

  private IngestJobArguments(Map<String, String> values) {
    this.values = values;
  }

  static IngestJobConfig parse(String[] arguments) throws IOException {
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
    return new IngestJobArguments(values).toConfig();
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

  private IngestJobConfig toConfig() {
    String storeUri = values.remove(STORE_URI);
    if (storeUri == null) {
      throw new IllegalArgumentException("Missing key: " + STORE_URI);
    }

    SegmentLogLocation log = new SegmentLogLocation(storeUri, removeAll(STORE_PREFIX));
    CatalogConfig catalog =
        new CatalogConfig(
            removeOr(CATALOG_NAME, CatalogConfig.DEFAULT_NAME),
            removeOr(CATALOG_NAMESPACE, CatalogConfig.DEFAULT_NAMESPACE),
            removeAll(CATALOG_PREFIX));
    if (catalog.properties().isEmpty()) {
      throw new IllegalArgumentException("Missing keys: " + CATALOG_PREFIX + "*");
    }

    IngestJobConfigBuilder builder =
        IngestJobConfig.builder(catalog, log).pollInterval(DEFAULT_POLL_INTERVAL);
    Duration checkpointInterval = removeDuration(CHECKPOINT_INTERVAL);
    if (checkpointInterval != null) {
      builder.checkpointInterval(checkpointInterval);
    }

    Duration pollInterval = removeDuration(POLL_INTERVAL);
    if (pollInterval != null) {
      builder.pollInterval(pollInterval);
    }

    Duration duplicateWindow = removeDuration(DUPLICATE_WINDOW);
    if (duplicateWindow != null) {
      builder.duplicateWindow(duplicateWindow);
    }

    String maxBufferBytes = values.remove(MAX_BUFFER_BYTES);
    if (maxBufferBytes != null) {
      builder.maxBufferBytes(Long.parseLong(maxBufferBytes));
    }

    Duration commitTimeout = removeDuration(COMMIT_TIMEOUT);
    if (commitTimeout != null) {
      CommitRetry defaults = CommitRetry.DEFAULT;
      builder.commitRetry(
          new CommitRetry(defaults.shortestPause(), defaults.longestPause(), commitTimeout));
    }

    builder.skippedSegments(skippedSegments(removeOr(SKIP_SEGMENTS, "")));
    if (!values.isEmpty()) {
      throw new IllegalArgumentException("Unknown keys: " + values.keySet());
    }

    return builder.build();
  }

  private Map<String, String> removeAll(String prefix) {
    Map<String, String> found = new TreeMap<>();
    for (String key : Set.copyOf(values.keySet())) {
      String value = key.startsWith(prefix) ? values.remove(key) : null;
      if (value != null) {
        found.put(key.substring(prefix.length()), value);
      }
    }

    return found;
  }

  private String removeOr(String key, String defaultValue) {
    String value = values.remove(key);
    return value == null ? defaultValue : value;
  }

  private @Nullable Duration removeDuration(String key) {
    String value = values.remove(key);
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

  private static Set<String> skippedSegments(String list) {
    Set<String> segments = new TreeSet<>();
    Arrays.stream(list.split(",", -1)).map(String::strip).forEach(segments::add);
    segments.remove("");
    return segments;
  }
}
