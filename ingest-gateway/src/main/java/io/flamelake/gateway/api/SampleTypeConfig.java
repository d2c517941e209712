/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client says about one sample type in the part {@code sample_type_config} of an upload.
 * Only the display name has an effect: it helps to find the profile's name.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record SampleTypeConfig(@JsonProperty("display-name") @Nullable String displayName) {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<Map<String, SampleTypeConfig>> BY_SAMPLE_TYPE =
      new TypeReference<>() {};

  /**
   * Reads the part.
   *
   * @throws IllegalArgumentException if it is no JSON of that form
   */
  static Map<String, SampleTypeConfig> parse(byte[] json) {
    try {
      Map<String, SampleTypeConfig> configs = JSON.readValue(json, BY_SAMPLE_TYPE);
      return configs == null ? Map.of() : configs;
    } catch (IOException e) {
      throw new IllegalArgumentException("sample_type_config is no JSON object of sample types", e);
    }
  }
}
