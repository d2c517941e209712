/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flamelake.model.TenantId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes and reads requests as they are stored. */
final class DeletionRequestJson {
  private static final int VERSION = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private DeletionRequestJson() {}

  static byte[] write(DeletionRequest request) {
    ObjectNode node = JSON.createObjectNode();
    node.put("version", VERSION);
    node.put("id", request.id());
    node.put("tenant", request.tenant().value());
    putText(node, "selector", request.selector());
    putText(node, "profileType", request.profileType());
    node.put("fromMicros", request.fromMicros());
    node.put("toMicros", request.toMicros());
    node.put("acceptedAt", request.acceptedAt().toString());
    ObjectNode lanes = node.putObject("lanes");
    request.lanes().forEach(lanes::put);
    DeletionProgress progress = request.progress();
    node.put("state", progress.state().wireName());
    node.put("waitingFor", progress.waitingFor());
    node.put("hours", progress.hours());
    node.put("hoursDone", progress.hoursDone());
    node.put("rows", progress.rows());
    node.put("otherRows", progress.otherRows());
    putTime(node, "rowsGoneAt", progress.rowsGoneAt());
    putTime(node, "quietSince", progress.quietSince());
    node.put("quietSequence", progress.quietSequence());
    progress.daysLeft().forEach(node.putArray("daysLeft")::add);
    putTime(node, "symbolsGoneAt", progress.symbolsGoneAt());
    ObjectNode clean = node.putObject("cleanSequences");
    progress.cleanSequences().forEach(clean::put);
    putTime(node, "expectedDoneAt", progress.expectedDoneAt());
    putTime(node, "doneAt", progress.doneAt());
    try {
      return JSON.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of texts and numbers has no JSON", e);
    }
  }

  /**
   * @throws IllegalArgumentException if it is no request of this version
   */
  static DeletionRequest read(byte[] content) {
    JsonNode node;
    try {
      node = JSON.readTree(content);
    } catch (IOException e) {
      throw new IllegalArgumentException("A stored deletion request is not JSON", e);
    }

    if (node.path("version").asInt() != VERSION) {
      throw new IllegalArgumentException(
          "Stored deletion request of version "
              + node.path("version")
              + " (expected: "
              + VERSION
              + ")");
    }

    return new DeletionRequest(
        node.path("id").asText(),
        new TenantId(node.path("tenant").asText()),
        findText(node, "selector"),
        findText(node, "profileType"),
        node.path("fromMicros").asLong(),
        node.path("toMicros").asLong(),
        Instant.parse(node.path("acceptedAt").asText()),
        numbers(node.path("lanes")),
        progress(node));
  }

  private static DeletionProgress progress(JsonNode node) {
    List<Integer> days = new ArrayList<>();
    node.path("daysLeft").forEach(day -> days.add(day.asInt()));
    return new DeletionProgressBuilder()
        .state(DeletionState.ofWireName(node.path("state").asText()))
        .waitingFor(node.path("waitingFor").asText())
        .hours(node.path("hours").asInt())
        .hoursDone(node.path("hoursDone").asInt())
        .rows(node.path("rows").asLong())
        .otherRows(node.path("otherRows").asLong())
        .rowsGoneAt(findTime(node, "rowsGoneAt"))
        .quietSince(findTime(node, "quietSince"))
        .quietSequence(node.path("quietSequence").asLong())
        .daysLeft(days)
        .symbolsGoneAt(findTime(node, "symbolsGoneAt"))
        .cleanSequences(numbers(node.path("cleanSequences")))
        .expectedDoneAt(findTime(node, "expectedDoneAt"))
        .doneAt(findTime(node, "doneAt"))
        .build();
  }

  private static SortedMap<String, Long> numbers(JsonNode node) {
    SortedMap<String, Long> numbers = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      numbers.put(entry.getKey(), entry.getValue().asLong());
    }

    return numbers;
  }

  private static void putText(ObjectNode node, String name, @Nullable String text) {
    if (text != null) {
      node.put(name, text);
    }
  }

  private static void putTime(ObjectNode node, String name, @Nullable Instant time) {
    if (time != null) {
      node.put(name, time.toString());
    }
  }

  private static @Nullable String findText(JsonNode node, String name) {
    JsonNode value = node.get(name);
    return value == null ? null : value.asText();
  }

  private static @Nullable Instant findTime(JsonNode node, String name) {
    String text = findText(node, name);
    return text == null ? null : Instant.parse(text);
  }
}
