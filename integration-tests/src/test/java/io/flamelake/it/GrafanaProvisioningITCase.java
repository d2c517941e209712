/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.flamelake.proto.push.v1.PushResponse;
import io.flamelake.proto.querier.v1.ProfileTypesRequest;
import io.flamelake.proto.querier.v1.ProfileTypesResponse;
import io.flamelake.proto.types.v1.LabelValuesRequest;
import io.flamelake.proto.types.v1.LabelValuesResponse;
import io.flamelake.testkit.TestProfiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code docs/grafana/datasources.yaml} says what Grafana needs to know, and its tenants are read.
 */
class GrafanaProvisioningITCase {
  private static final String PYROSCOPE = "grafana-pyroscope-datasource";

  @Test
  void hasTheKeysThatGrafanaReads() throws IOException {
    JsonNode file = load();
    assertThat(file.path("apiVersion").asInt()).isEqualTo(1);
    Set<String> uids = new HashSet<>();
    for (JsonNode source : file.path("datasources")) {
      assertThat(source.fieldNames())
          .toIterable()
          .isSubsetOf(
              "name",
              "uid",
              "type",
              "access",
              "url",
              "isDefault",
              "editable",
              "jsonData",
              "secureJsonData");
      assertThat(source.path("access").asText()).isEqualTo("proxy");
      assertThat(uids.add(source.path("uid").asText())).as("uids are distinct").isTrue();
      URI url = URI.create(source.path("url").asText());
      assertThat(url.getScheme()).isEqualTo("http");
      if (source.path("type").asText().equals(PYROSCOPE)) {
        assertThat(url.getPort()).as("Flamelake's default port").isEqualTo(4040);
        assertThat(source.at("/jsonData/minStep").asText()).isEqualTo("15s");
      }
    }

    JsonNode toProfiles = sources(file, "tempo").get(0).path("jsonData").path("tracesToProfiles");
    assertThat(uids).contains(toProfiles.path("datasourceUid").asText());
    assertThat(toProfiles.path("profileTypeId").asText()).isEqualTo(CpuQueries.CPU);
  }

  @Test
  void readsTheTenantsThatTheDataSourcesName(@TempDir Path dir) throws IOException {
    try (FlamelakeProcess server =
        FlamelakeProcess.start(dir.resolve("data"), "-auth.multitenancy-enabled=true")) {
      for (String tenant : List.of("team-a", "team-b")) {
        byte[] pprof = TestProfiles.tinyCpu(Instant.now());
        new FlamelakeClient(server, tenant)
            .call(
                PushRequests.METHOD,
                PushRequests.of(
                    PushRequests.cpu("service-of-" + tenant, PushRequests.sample(pprof))),
                PushResponse.getDefaultInstance());
      }

      assertThat(services(server, "flamelake-team-a")).containsExactly("service-of-team-a");
      assertThat(services(server, "flamelake-teams"))
          .containsExactly("service-of-team-a", "service-of-team-b");
      assertThat(tenant("flamelake")).as("for a server without tenants").isNull();
    }
  }

  /** What "Save and test" asks, and then the services. */
  private static List<String> services(FlamelakeProcess server, String uid) throws IOException {
    FlamelakeClient client = new FlamelakeClient(server, tenant(uid));
    ProfileTypesResponse health =
        client.call(
            CpuQueries.QUERIER + "ProfileTypes",
            ProfileTypesRequest.newBuilder().setStart(1000).setEnd(4000).build(),
            ProfileTypesResponse.getDefaultInstance());
    assertThat(health.getProfileTypesList()).isEmpty();
    return client
        .call(
            CpuQueries.QUERIER + "LabelValues",
            LabelValuesRequest.newBuilder().setName("service_name").build(),
            LabelValuesResponse.getDefaultInstance())
        .getNamesList();
  }

  /** The value of the tenant header of a data source. */
  private static @Nullable String tenant(String uid) throws IOException {
    for (JsonNode source : sources(load(), PYROSCOPE)) {
      if (source.path("uid").asText().equals(uid)) {
        boolean hasHeader = source.at("/jsonData/httpHeaderName1").asText().equals("X-Scope-OrgID");
        return hasHeader ? source.at("/secureJsonData/httpHeaderValue1").asText() : null;
      }
    }

    throw new AssertionError("No data source " + uid);
  }

  private static List<JsonNode> sources(JsonNode file, String type) {
    List<JsonNode> sources = new ArrayList<>();
    for (JsonNode source : file.path("datasources")) {
      if (source.path("type").asText().equals(type)) {
        sources.add(source);
      }
    }

    return sources;
  }

  private static JsonNode load() throws IOException {
    return new YAMLMapper()
        .readTree(FlamelakeLauncher.root().resolve("docs/grafana/datasources.yaml").toFile());
  }
}
