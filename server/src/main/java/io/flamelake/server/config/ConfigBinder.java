/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static java.util.Objects.requireNonNull;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes records of texts, by the {@link ConfigKey}s of their components. */
final class ConfigBinder {
  /** As a default: a value found out at run time, null in the record. */
  static final String AUTO = "auto";

  private ConfigBinder() {}

  /** The keys of a record and of the records within it, in the order of declaration. */
  static List<KeyDescription> keys(Class<? extends Record> type) {
    List<KeyDescription> keys = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      ConfigKey key = component.getAnnotation(ConfigKey.class);
      if (key == null) {
        keys.addAll(keys(component.getType().asSubclass(Record.class)));
      } else {
        keys.add(
            new KeyDescription(
                key.name(), typeName(component.getType()), key.defaultValue(), key.description()));
      }
    }

    return keys;
  }

  /**
   * Makes a record.
   *
   * @param values texts by key; a key that is missing has its default
   * @throws ConfigException if a text is not of its key's type, or the record refuses the value
   */
  static <T extends Record> T bind(Class<T> type, Map<String, ConfigValue> values) {
    RecordComponent[] components = type.getRecordComponents();
    @Nullable Object[] arguments = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      ConfigKey key = components[i].getAnnotation(ConfigKey.class);
      arguments[i] =
          key == null
              ? bind(types[i].asSubclass(Record.class), values)
              : value(key, types[i], values);
    }

    try {
      return type.getDeclaredConstructor(types).newInstance(arguments);
    } catch (InvocationTargetException e) {
      Throwable refusal = requireNonNull(e.getCause());
      throw new ConfigException(String.valueOf(refusal.getMessage()), refusal);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Not a configuration record: " + type, e);
    }
  }

  private static @Nullable Object value(
      ConfigKey key, Class<?> type, Map<String, ConfigValue> values) {
    if (type == Map.class) {
      return entriesBelow(key.name().substring(0, key.name().length() - 1), values);
    }

    ConfigValue given = values.get(key.name());
    ConfigValue value = given == null ? new ConfigValue(key.defaultValue(), "default") : given;
    if (value.text().equals(AUTO) && key.defaultValue().equals(AUTO)) {
      return null;
    }

    try {
      return parse(value.text().strip(), type);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          key.name()
              + ": '"
              + value.text()
              + "' from "
              + value.origin()
              + " (expected: "
              + e.getMessage()
              + ")",
          e);
    }
  }

  private static Map<String, String> entriesBelow(String prefix, Map<String, ConfigValue> values) {
    Map<String, String> entries = new TreeMap<>();
    values.forEach(
        (name, value) -> {
          if (name.startsWith(prefix)) {
            entries.put(name.substring(prefix.length()), value.text());
          }
        });
    return entries;
  }

  private static Object parse(String text, Class<?> type) {
    if (type == String.class) {
      return text;
    }

    if (type == int.class || type == Integer.class) {
      return parseInt(text);
    }

    if (type == boolean.class) {
      return parseBoolean(text);
    }

    if (type == Duration.class) {
      return Durations.parse(text);
    }

    if (type == DataSize.class) {
      return DataSize.parse(text);
    }

    if (type == Path.class) {
      return Path.of(text).toAbsolutePath().normalize();
    }

    if (type == Set.class) {
      return Target.parseList(text);
    }

    throw new IllegalStateException("No parser for " + type);
  }

  private static int parseInt(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a whole number", e);
    }
  }

  private static boolean parseBoolean(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("true or false");
    };
  }

  private static String typeName(Class<?> type) {
    if (type == Set.class) {
      return "list";
    }

    if (type == DataSize.class) {
      return "size";
    }

    return switch (type.getSimpleName()) {
      case "int", "Integer" -> "number";
      case "Map" -> "map";
      default -> type.getSimpleName().toLowerCase(Locale.ROOT);
    };
  }
}
