/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import io.flamelake.model.TenantId;
import io.flamelake.query.QueryConfig;
import io.flamelake.query.QueryServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsApiTest {
  private static final TenantId TENANT = new TenantId("settings-a");
  private static final TenantId OTHER = new TenantId("Settings-A");

  @TempDir private static Path directory;
  private static QueryServer server;

  @BeforeAll
  static void start() {
    server = new QueryServer(directory, QueryConfig.builder().multitenancyEnabled(true).build());
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static AggregatedHttpResponse call(TenantId tenant, String method, String body) {
    return server.post(tenant, "/settings.v1.SettingsService/" + method, body.replace('\'', '"'));
  }

  @Test
  void keepsSettingsOfEachTenant() {
    assertThat(call(TENANT, "Get", "{}").contentUtf8()).isEqualTo("{}");
    AggregatedHttpResponse set =
        call(TENANT, "Set", "{'setting':{'name':'theme','value':'dark','modifiedAt':'10'}}");
    assertThat(set.contentUtf8())
        .isEqualTo("{\"setting\":{\"name\":\"theme\",\"value\":\"dark\",\"modifiedAt\":\"10\"}}");
    assertThat(call(TENANT, "Get", "{}").contentUtf8())
        .isEqualTo(
            "{\"settings\":[{\"name\":\"theme\",\"value\":\"dark\",\"modifiedAt\":\"10\"}]}");
    assertThat(call(OTHER, "Get", "{}").contentUtf8()).isEqualTo("{}");

    AggregatedHttpResponse stale =
        call(TENANT, "Set", "{'setting':{'name':'theme','value':'light','modifiedAt':'9'}}");
    assertThat(stale.status().code()).isEqualTo(409);
    assertThat(stale.contentUtf8()).contains("\"code\":\"already_exists\"");

    assertThat(call(OTHER, "Delete", "{'name':'theme'}").status().code()).isEqualTo(200);
    assertThat(call(TENANT, "Get", "{}").contentUtf8()).contains("theme");
    assertThat(call(TENANT, "Delete", "{'name':'theme'}").status().code()).isEqualTo(200);
    assertThat(call(TENANT, "Get", "{}").contentUtf8()).isEqualTo("{}");
  }

  @Test
  void refusesWhatIsNoSetting() {
    assertThat(call(TENANT, "Set", "{}").contentUtf8()).contains("setting is required");
    assertThat(call(TENANT, "Set", "{'setting':{}}").status().code()).isEqualTo(400);
    assertThat(call(TENANT, "Delete", "{}").status().code()).isEqualTo(400);
  }

  @Test
  void namesItsCapabilities() {
    AggregatedHttpResponse response =
        server.post(TENANT, "/capabilities.v1.FeatureFlagsService/GetFeatureFlags", "{}");

    assertThat(response.contentUtf8())
        .startsWith("{\"featureFlags\":[{\"name\":\"utf8LabelNames\",\"enabled\":true,")
        .contains("{\"name\":\"pyroscopeRuler\",\"description\":");
  }

  @ParameterizedTest
  @ValueSource(strings = {"get", "Get/", "Get/x"})
  void hasNoOtherMethods(String method) {
    assertThat(call(TENANT, method, "{}").status().code()).isEqualTo(501);
  }
}
