/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.net.http.HttpResponse.BodyHandlers.ofString;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees of a server that took some profiles. */
class LakeStatusITCase {
  private static final String HOSTILE_SERVICE = "<b>evil</b>";

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void showsTablesLogAndMaintenance(@TempDir Path dir) throws Exception {
    try (FlamelakeProcess server =
        FlamelakeProcess.start(
            dir, "-maintenance.health-interval=200ms", "-maintenance.interval=1s")) {
      UiProfiles.pushOne(new FlamelakeClient(server, null), HOSTILE_SERVICE);

      JsonNode status =
          Awaitility.await()
              .atMost(Duration.ofMinutes(2))
              .ignoreExceptions()
              .until(
                  () -> new ObjectMapper().readTree(get(server, "/api/v1/status/lake").body()),
                  json ->
                      table(json, "profiles").get("rows").asLong() > 0
                          && !json.get("maintenance").isEmpty());
      assertThat(status.get("tables").findValuesAsText("table"))
          .containsExactly("flame_1d", "flame_1h", "profiles", "series", "stacks");
      assertThat(status.get("tenants").get("anonymous").get("bytes").asLong()).isPositive();
      assertThat(status.get("maintenance").findValuesAsText("kind")).contains("compact", "expire");
      assertThat(status.get("warnings")).as("warnings").isEmpty();

      HttpResponse<String> page = get(server, "/admin/lake");
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.body()).contains("All is well", "profiles").doesNotContain(HOSTILE_SERVICE);
      assertThat(get(server, "/metrics").body())
          .contains(
              "flamelake_lake_table_files{table=\"profiles\"} 1.0", "flamelake_log_lanes 1.0");
      assertThat(get(server, "/ready").body()).isEqualTo("ready\n");
      assertThat(get(server, "/ready?target=maintenance").statusCode()).isEqualTo(200);
      assertThat(get(server, "/ready?target=nothing").statusCode()).isEqualTo(503);
    }
  }

  private static JsonNode table(JsonNode status, String name) {
    for (JsonNode table : status.get("tables")) {
      if (table.get("table").asText().equals(name)) {
        return table;
      }
    }

    throw new AssertionError("No table " + name + " in " + status);
  }

  private HttpResponse<String> get(FlamelakeProcess server, String path)
      throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(server.uri(path)).build(), ofString());
  }
}
