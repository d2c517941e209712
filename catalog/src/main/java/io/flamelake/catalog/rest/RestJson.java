/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.rest;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.rest.RESTRequest;
import org.apache.iceberg.rest.RESTSerializers;

/** JSON as Iceberg's own client writes and reads it; Iceberg's mapper is not public. */
final class RestJson {
  private static final ObjectMapper MAPPER = newMapper();

  private RestJson() {}

  static byte[] write(Object response) {
    try {
      return MAPPER.writeValueAsBytes(response);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("Cannot write " + response.getClass().getSimpleName(), e);
    }
  }

  /**
   * Reads a body.
   *
   * @throws BadRequestException if it is no JSON or another document
   */
  static <T extends RESTRequest> T read(byte[] body, Class<T> type) {
    try {
      T request = MAPPER.readValue(body, type);
      if (request == null) {
        throw malformed(type, "null");
      }

      request.validate();
      return request;
    } catch (IOException | IllegalArgumentException | NullPointerException e) {
      // Iceberg's parsers and checks throw the latter two at missing and mistyped fields.
      throw malformed(type, String.valueOf(e.getMessage()));
    }
  }

  private static BadRequestException malformed(Class<?> type, String reason) {
    return new BadRequestException(
        "Body is no %s: %s", type.getSimpleName(), reason.lines().findFirst().orElse(""));
  }

  private static ObjectMapper newMapper() {
    ObjectMapper mapper = new ObjectMapper();
    mapper.setVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY);
    mapper.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
    mapper.setPropertyNamingStrategy(new PropertyNamingStrategies.KebabCaseStrategy());
    RESTSerializers.registerAll(mapper);
    return mapper;
  }
}
