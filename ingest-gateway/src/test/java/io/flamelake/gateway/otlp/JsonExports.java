/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** Exports in OTLP's JSON: protobuf's JSON, in which ids are hexadecimal. */
public final class JsonExports {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private JsonExports() {}

  public static String of(ExportProfilesServiceRequest export) {
    return tree(export, JsonFormat.printer()).toString();
  }

  /** With the names of fields as in the protocol's files. */
  public static String withProtoNames(ExportProfilesServiceRequest export) {
    return tree(export, JsonFormat.printer().preservingProtoFieldNames()).toString();
  }

  private static JsonNode tree(ExportProfilesServiceRequest export, JsonFormat.Printer printer) {
    try {
      JsonNode tree = JSON.readTree(printer.print(export));
      for (String id : List.of("traceId", "spanId", "profileId")) {
        writeHex(tree, id);
      }

      for (String id : List.of("trace_id", "span_id", "profile_id")) {
        writeHex(tree, id);
      }

      return tree;
    } catch (JsonProcessingException | InvalidProtocolBufferException e) {
      throw new AssertionError("No JSON", e);
    }
  }

  private static void writeHex(JsonNode tree, String field) {
    for (JsonNode parent : tree.findParents(field)) {
      byte[] id = Base64.getDecoder().decode(parent.get(field).textValue());
      ((ObjectNode) parent).put(field, HexFormat.of().formatHex(id));
    }
  }
}
