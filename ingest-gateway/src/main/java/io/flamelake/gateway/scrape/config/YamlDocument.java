/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** A YAML or JSON text that still knows on which line each of its values stands. */
public final class YamlDocument {

  private static final YAMLFactory YAML =
      YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final String origin;
  private final Map<String, Integer> lines = new HashMap<>();
  private final JsonNode root;

  private YamlDocument(String origin, YAMLParser parser) throws IOException {
    this.origin = origin;
    this.root = parser.nextToken() == null ? NullNode.getInstance() : read(parser, "");
  }

  /**
   * Reads a text.
   *
   * @param origin what messages call it, a file's name for example
   * @throws ScrapeConfigException if it is no YAML
   */
  public static YamlDocument parse(String origin, String text) {
    try (YAMLParser parser = YAML.createParser(text)) {
      return new YamlDocument(origin, parser);
    } catch (JsonProcessingException e) {
      String line = e.getLocation() == null ? "" : " line " + e.getLocation().getLineNr();
      throw new ScrapeConfigException(origin + line + ": Not YAML: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new ScrapeConfigException(origin + ": Not YAML: " + e.getMessage(), e);
    }
  }

  JsonNode root() {
    return root;
  }

  /** The whole text as a mapping; an empty text is an empty one. */
  public YamlMapping mapping() {
    return YamlMapping.of(this, "", root.isNull() ? JsonNodeFactory.instance.objectNode() : root);
  }

  /** The whole text as a list of mappings; an empty text is an empty one. */
  public Iterable<YamlMapping> mappings() {
    return YamlMapping.list(this, "", root);
  }

  /** An error that says where. */
  ScrapeConfigException error(String pointer, String message) {
    return new ScrapeConfigException(
        origin + " line " + lines.getOrDefault(pointer, 1) + ": " + message);
  }

  private JsonNode read(YAMLParser parser, String pointer) throws IOException {
    lines.putIfAbsent(pointer, parser.currentTokenLocation().getLineNr());
    if (parser.isCurrentAlias()) {
      throw error(pointer, "Aliases are not supported");
    }

    return switch (parser.currentToken()) {
      case START_OBJECT -> readObject(parser, pointer);
      case START_ARRAY -> readArray(parser, pointer);
      case VALUE_NULL -> NullNode.getInstance();
      case VALUE_TRUE -> BooleanNode.TRUE;
      case VALUE_FALSE -> BooleanNode.FALSE;
      case VALUE_NUMBER_INT -> readInteger(parser);
      default -> new TextNode(parser.getText());
    };
  }

  private JsonNode readObject(YAMLParser parser, String pointer) throws IOException {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      String child = child(pointer, name);
      lines.put(child, parser.currentTokenLocation().getLineNr());
      parser.nextToken();
      object.set(name, read(parser, child));
    }

    return object;
  }

  private JsonNode readArray(YAMLParser parser, String pointer) throws IOException {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(read(parser, child(pointer, array.size())));
    }

    return array;
  }

  /** A number keeps its text where it is more than a number: a password of 0123 has four digits. */
  private static JsonNode readInteger(JsonParser parser) throws IOException {
    String text = parser.getText();
    try {
      long value = Long.parseLong(text);
      return Long.toString(value).equals(text) ? new LongNode(value) : new TextNode(text);
    } catch (NumberFormatException e) {
      return new TextNode(text);
    }
  }

  static String child(String pointer, String name) {
    return pointer + '/' + name.replace("~", "~0").replace("/", "~1");
  }

  static String child(String pointer, int index) {
    return pointer + '/' + index;
  }
}
