/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.util.Map;

/** Sends what Grafana's Profiles Drilldown sends from the browser, through Grafana's proxy. */
final class DrilldownClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> HEADERS =
      Map.of(
          "content-type", "application/json",
          "accept", "application/json; allow-utf8-labelnames=true");

  private final FlamelakeClient client;

  DrilldownClient(FlamelakeClient client) {
    this.client = client;
  }

  /** The answer to an rpc. */
  JsonNode call(String method, String body) {
    HttpResponse<byte[]> response = post(method, body);
    assertThat(response.statusCode())
        .as(method + " " + new String(response.body(), UTF_8))
        .isEqualTo(200);
    return parse(response);
  }

  /** The answer to an rpc that may be refused. */
  HttpResponse<byte[]> post(String method, String body) {
    return client.send("POST", "/" + method, HEADERS, body.getBytes(UTF_8));
  }

  JsonNode get(String pathAndQuery) {
    return parse(client.getText(pathAndQuery));
  }

  static JsonNode parse(HttpResponse<byte[]> response) {
    return parse(new String(response.body(), UTF_8));
  }

  static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError("Not JSON: " + json, e);
    }
  }
}
