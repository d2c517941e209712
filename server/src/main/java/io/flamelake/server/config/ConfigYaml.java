/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A configuration as the YAML file that says the same, except for secrets, which are masked: this
 * is shown to whoever reaches the port.
 */
public final class ConfigYaml {
  private static final ObjectMapper YAML =
      YAMLMapper.builder().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER).build();

  private static final FlamelakeConfig DEFAULTS =
      ConfigBinder.bind(FlamelakeConfig.class, Map.of());

  private ConfigYaml() {}

  /** All keys. */
  public static String all(FlamelakeConfig config) {
    return write(texts(config, true));
  }

  /** The keys whose values are not the default. */
  public static String differences(FlamelakeConfig config) {
    return write(texts(config, false));
  }

  /** All keys with their defaults. */
  public static String defaults() {
    return write(texts(DEFAULTS, true));
  }

  private static String write(Map<String, String> texts) {
    texts.replaceAll(SecretMask::mask);
    try {
      return YAML.writeValueAsString(texts);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A map of strings has no YAML", e);
    }
  }

  private static Map<String, String> texts(FlamelakeConfig config, boolean isWithDefaults) {
    Map<String, String> texts = new LinkedHashMap<>();
    collect(config, DEFAULTS, isWithDefaults, texts);
    return texts;
  }

  private static void collect(
      Record config, Record defaults, boolean isWithDefaults, Map<String, String> texts) {
    for (RecordComponent component : config.getClass().getRecordComponents()) {
      ConfigKey key = component.getAnnotation(ConfigKey.class);
      Object value = read(component, config);
      Object fallback = read(component, defaults);
      if (key == null) {
        collect(
            (Record) requireNonNull(value),
            (Record) requireNonNull(fallback),
            isWithDefaults,
            texts);
      } else if (value instanceof Map<?, ?> map) {
        String prefix = key.name().substring(0, key.name().length() - 1);
        map.forEach((name, entry) -> texts.put(prefix + name, String.valueOf(entry)));
      } else if (Objects.equals(value, fallback)) {
        if (isWithDefaults) {
          texts.put(key.name(), key.defaultValue());
        }
      } else {
        texts.put(key.name(), text(value));
      }
    }
  }

  private static @Nullable Object read(RecordComponent component, Record config) {
    try {
      return component.getAccessor().invoke(config);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot read " + component, e);
    }
  }

  private static String text(@Nullable Object value) {
    if (value == null) {
      return ConfigBinder.AUTO;
    }

    if (value instanceof Duration duration) {
      return Durations.format(duration);
    }

    if (value instanceof DataSize size) {
      return size.bytes() + "B";
    }

    if (value instanceof Collection<?> items) {
      return items.stream().map(ConfigYaml::text).collect(joining(","));
    }

    return value instanceof Enum<?> constant
        ? constant.name().toLowerCase(Locale.ROOT)
        : value.toString();
  }
}
