/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.linecorp.armeria.client.BlockingWebClient;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.flamelake.flink.maintenance.delete.TenantRetention;
import io.flamelake.gateway.limits.Limits;
import io.flamelake.query.QueryConfig;
import io.flamelake.rpc.HttpDefaults;
import io.flamelake.rpc.Tenants;
import io.flamelake.server.limits.TenantLimitSet;
import io.flamelake.server.limits.TenantOverrides;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimitsApiTest {

  private static final String FILE =
      """
      overrides:
        team-a:
          ingestion_rate_mb: 4
          reject_older_than: 1h
          ingestion_relabeling_rules:
            - {action: labeldrop, regex: k8s_.*}
        team-b: {max_label_name_length: 7}
      """;

  private TenantOverrides overrides;
  private Server server;
  private BlockingWebClient client;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("overrides.yaml"), FILE);
    overrides =
        new TenantOverrides(
            file,
            Duration.ofHours(1),
            new TenantLimitSet(
                QueryConfig.defaults().limits(), Limits.defaults(), TenantRetention.FOR_EVER),
            new SimpleMeterRegistry());
    ServerBuilder sb = Server.builder().http(0);
    HttpDefaults.apply(sb, Duration.ofSeconds(10));
    sb.gracefulShutdownTimeout(Duration.ZERO, Duration.ZERO);
    new LimitsApi(overrides, new Tenants(true)).addTo(sb);
    server = sb.build();
    server.start().join();
    client = WebClient.of("http://127.0.0.1:" + server.activeLocalPort()).blocking();
  }

  @AfterEach
  void stop() {
    server.stop().join();
    overrides.close();
  }

  @Test
  void tellsCallersTheirOwnLimits() throws Exception {
    JsonNode limits = yaml(get("/api/v1/tenant_limits", "team-a"));

    assertThat(limits.path("ingestion_rate_mb").asInt()).isEqualTo(4);
    assertThat(limits.path("max_label_name_length").asInt()).as("a default").isEqualTo(1024);
    assertThat(limits.path("ingestion_relabeling_rules").path(0).path("regex").asText())
        .isEqualTo("k8s_.*");
    assertThat(limits.path("sample_type_relabeling_rules").isArray()).as("no rules").isTrue();
    JsonNode others = yaml(get("/api/v1/tenant_limits", "team-c"));
    assertThat(others.path("ingestion_rate_mb").asInt()).isZero();
    assertThat(get("/api/v1/tenant_limits", "").status()).isEqualTo(HttpStatus.UNAUTHORIZED);
  }

  @Test
  void tellsOperatorsTheLimitsOfTenantsInTheFile() throws Exception {
    JsonNode tenants = yaml(get("/runtime_config", "")).path("overrides");

    assertThat(tenants.size()).isEqualTo(2);
    assertThat(tenants.path("team-a").path("reject_older_than").asText()).isEqualTo("1h");
    assertThat(tenants.path("team-b").path("reject_older_than").asText()).isEqualTo("1h");
    assertThat(tenants.path("team-b").path("max_label_name_length").asInt()).isEqualTo(7);
  }

  @Test
  void tellsOperatorsWhatDiffers() throws Exception {
    String yaml = get("/runtime_config?mode=diff", "").contentUtf8();

    assertThat(new YAMLMapper().readTree(yaml))
        .isEqualTo(
            new YAMLMapper()
                .readTree(
                    """
                    overrides:
                      team-a:
                        ingestion_rate_mb: 4
                        ingestion_relabeling_rules:
                          - {action: labeldrop, regex: k8s_.*}
                      team-b: {max_label_name_length: 7}
                    """));
  }

  private AggregatedHttpResponse get(String path, String tenant) {
    return client.execute(RequestHeaders.of(HttpMethod.GET, path, "X-Scope-OrgID", tenant));
  }

  private static JsonNode yaml(AggregatedHttpResponse response) throws JsonProcessingException {
    assertThat(response.status()).as(response.contentUtf8()).isEqualTo(HttpStatus.OK);
    return new YAMLMapper().readTree(response.contentUtf8());
  }
}
