/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A mapping within a YAML file. Every key has to be asked for before {@link #checkNothingElse}:
 * what nobody asks for is a mistake of whoever wrote the file, and would otherwise go unnoticed.
 */
public final class YamlMapping {

  private final YamlDocument document;
  private final String pointer;
  private final JsonNode node;
  private final Set<String> asked = new HashSet<>();

  private YamlMapping(YamlDocument document, String pointer, JsonNode node) {
    this.document = document;
    this.pointer = pointer;
    this.node = node;
  }

  static YamlMapping of(YamlDocument document, String pointer, JsonNode node) {
    if (!node.isObject()) {
      throw document.error(pointer, "Not a mapping of keys to values");
    }

    return new YamlMapping(document, pointer, node);
  }

  static List<YamlMapping> list(YamlDocument document, String pointer, JsonNode node) {
    List<YamlMapping> mappings = new ArrayList<>();
    for (JsonNode item : items(document, pointer, node)) {
      mappings.add(of(document, YamlDocument.child(pointer, mappings.size()), item));
    }

    return mappings;
  }

  private static Iterable<JsonNode> items(YamlDocument document, String pointer, JsonNode node) {
    if (!node.isArray() && !node.isNull()) {
      throw document.error(pointer, "Not a list");
    }

    return node;
  }

  /** The names of all keys, asked for or not. */
  public List<String> keys() {
    List<String> keys = new ArrayList<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /** Returns the node of a key, or null if there is none or it says null. */
  public @Nullable JsonNode findNode(String key) {
    asked.add(key);
    JsonNode value = node.get(key);
    return value == null || value.isNull() ? null : value;
  }

  public @Nullable String findText(String key) {
    JsonNode value = findNode(key);
    return value == null ? null : scalar(key, value);
  }

  public String text(String key, String fallback) {
    String text = findText(key);
    return text == null ? fallback : text;
  }

  /**
   * @throws ScrapeConfigException if the key is missing or empty
   */
  public String requiredText(String key) {
    String text = findText(key);
    if (text == null || text.isEmpty()) {
      throw document.error(pointer, "'" + key + "' is missing");
    }

    return text;
  }

  public boolean flag(String key, boolean fallback) {
    return parse(
        key,
        fallback,
        text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException("true or false");
            });
  }

  public Duration duration(String key, Duration fallback) {
    return parse(key, fallback, PrometheusUnits::parseDuration);
  }

  public long bytes(String key, long fallback) {
    return parse(key, fallback, PrometheusUnits::parseBytes);
  }

  public int count(String key, int fallback) {
    return parse(
        key,
        fallback,
        text -> {
          try {
            return Integer.parseUnsignedInt(text);
          } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a whole number from 0", e);
          }
        });
  }

  /** Reads a value; the parser's IllegalArgumentException says what is expected instead. */
  public <T> T parse(String key, T fallback, Function<String, T> parser) {
    String text = findText(key);
    if (text == null) {
      return fallback;
    }

    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw error(key, key + ": '" + text + "' (expected: " + e.getMessage() + ")");
    }
  }

  public @Nullable YamlMapping findMapping(String key) {
    JsonNode value = findNode(key);
    return value == null ? null : of(document, YamlDocument.child(pointer, key), value);
  }

  public List<YamlMapping> mappings(String key) {
    JsonNode value = findNode(key);
    return value == null ? List.of() : list(document, YamlDocument.child(pointer, key), value);
  }

  public List<String> texts(String key) {
    JsonNode value = findNode(key);
    List<String> texts = new ArrayList<>();
    if (value != null) {
      for (JsonNode item : items(document, YamlDocument.child(pointer, key), value)) {
        texts.add(scalar(key, item));
      }
    }

    return texts;
  }

  /** The scalars of a mapping below this one. */
  public SortedMap<String, String> textMap(String key) {
    SortedMap<String, String> texts = new TreeMap<>();
    YamlMapping mapping = findMapping(key);
    if (mapping != null) {
      mapping.keys().forEach(name -> texts.put(name, mapping.text(name, "")));
    }

    return texts;
  }

  /** The lists of scalars of a mapping below this one. */
  public SortedMap<String, List<String>> textLists(String key) {
    SortedMap<String, List<String>> lists = new TreeMap<>();
    YamlMapping mapping = findMapping(key);
    if (mapping != null) {
      mapping.keys().forEach(name -> lists.put(name, List.copyOf(mapping.texts(name))));
    }

    return lists;
  }

  /**
   * @throws ScrapeConfigException if there is a key nobody asked for
   */
  public void checkNothingElse() {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!asked.contains(entry.getKey())) {
        throw error(
            entry.getKey(),
            "Unknown key '"
                + entry.getKey()
                + "' (expected: "
                + String.join(", ", asked.stream().sorted().toList())
                + ")");
      }
    }
  }

  /** An error about the value of a key, with its line. */
  public ScrapeConfigException error(String key, String message) {
    return document.error(YamlDocument.child(pointer, key), message);
  }

  /** An error about an item of a key's list, with its line. */
  ScrapeConfigException itemError(String key, int index, String message) {
    return document.error(YamlDocument.child(YamlDocument.child(pointer, key), index), message);
  }

  /** An error about the mapping as a whole, with its line. */
  public ScrapeConfigException error(String message) {
    return document.error(pointer, message);
  }

  private String scalar(String key, JsonNode value) {
    if (value.isContainerNode()) {
      throw error(key, key + " is not a single value");
    }

    return value.isNull() ? "" : value.asText();
  }
}
