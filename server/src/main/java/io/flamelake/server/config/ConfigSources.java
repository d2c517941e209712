/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Collects configuration. Flags win over environment variables, those over the file, that over the
 * defaults. Keys that nobody knows are refused, except among the environment variables, which
 * belong to other programs too.
 */
public final class ConfigSources {
  private static final ObjectMapper YAML = new YAMLMapper();

  private final List<KeyDescription> keys = ConfigBinder.keys(FlamelakeConfig.class);
  private final Map<String, ConfigValue> values = new TreeMap<>();

  private ConfigSources() {}

  /**
   * Reads everything.
   *
   * @param file a YAML file, or null for none
   * @param environment environment variables by name
   * @param flags values by key
   * @throws ConfigException if something is unknown, malformed or out of range
   */
  public static FlamelakeConfig load(
      @Nullable Path file, Map<String, String> environment, Map<String, String> flags) {
    ConfigSources sources = new ConfigSources();
    if (file != null) {
      sources.addFile(file);
    }

    sources.addEnvironment(environment);
    flags.forEach((key, text) -> sources.add(key, text, "-" + key));
    return ConfigBinder.bind(FlamelakeConfig.class, sources.values);
  }

  /** Whether a flag of that name takes {@code true} when no value is given. */
  public static boolean isSwitch(String name) {
    return ConfigBinder.keys(FlamelakeConfig.class).stream()
        .anyMatch(key -> key.name().equals(name) && key.type().equals("boolean"));
  }

  private void addFile(Path file) {
    JsonNode root;
    try {
      root = YAML.readTree(Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new ConfigException("No such configuration file: " + file, e);
    } catch (JsonProcessingException e) {
      String where =
          e.getLocation() == null
              ? ""
              : " line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr();
      throw new ConfigException("Not YAML: " + file + where + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new ConfigException("Cannot read configuration file " + file + ": " + e, e);
    }

    // An empty file, or one of comments only, has no root at all.
    if (!root.isMissingNode() && !root.isNull()) {
      if (!root.isObject()) {
        throw new ConfigException("Not a mapping of keys to values: " + file);
      }

      addNode("", root, file.toString());
    }
  }

  /** Nested mappings and dotted keys are the same. */
  private void addNode(String name, JsonNode node, String origin) {
    if (node.isObject()) {
      String prefix = name.isEmpty() ? "" : name + '.';
      node.properties()
          .forEach(entry -> addNode(prefix + entry.getKey(), entry.getValue(), origin));
    } else if (node.isArray()) {
      List<String> items = new ArrayList<>();
      node.forEach(item -> items.add(item.asText()));
      add(name, String.join(",", items), origin);
    } else if (!node.isNull()) {
      add(name, node.asText(), origin);
    } else {
      checkKnown(name, origin);
    }
  }

  private void addEnvironment(Map<String, String> environment) {
    for (KeyDescription key : keys) {
      String text = key.isPrefix() ? null : environment.get(key.environmentVariable());
      if (text != null) {
        values.put(
            key.name(),
            new ConfigValue(text, "the environment variable " + key.environmentVariable()));
      }
    }
  }

  private void add(String name, String text, String origin) {
    checkKnown(name, origin);
    values.put(name, new ConfigValue(text, origin));
  }

  private void checkKnown(String name, String origin) {
    if (keys.stream().noneMatch(key -> key.matches(name))) {
      String nearest = NearestName.find(name, keys.stream().map(KeyDescription::name).toList());
      throw new ConfigException(
          "Unknown configuration key '"
              + name
              + "' in "
              + origin
              + (nearest == null ? "" : ". Did you mean '" + nearest + "'?"));
    }
  }
}
