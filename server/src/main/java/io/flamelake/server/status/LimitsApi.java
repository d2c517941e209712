/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.status;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.flamelake.model.TenantId;
import io.flamelake.rpc.Tenants;
import io.flamelake.server.limits.TenantOverrides;
import java.util.Map;
import java.util.TreeMap;

/**
 * The limits in force: {@code /api/v1/tenant_limits} those of the tenant who asks, {@code
 * /runtime_config} those of all tenants in the overrides file, for operators; with {@code
 * ?mode=diff} only what is not as for everybody.
 */
public final class LimitsApi {
  private static final ObjectMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .build();

  private final TenantOverrides overrides;
  private final Tenants tenants;

  public LimitsApi(TenantOverrides overrides, Tenants tenants) {
    this.overrides = requireNonNull(overrides, "overrides");
    this.tenants = requireNonNull(tenants, "tenants");
  }

  /** Adds both paths to a server. */
  public void addTo(ServerBuilder sb) {
    sb.route().get("/api/v1/tenant_limits").build(this::tenantLimits);
    sb.route().get("/runtime_config").build((ctx, request) -> runtimeConfig(ctx));
  }

  private HttpResponse tenantLimits(ServiceRequestContext ctx, HttpRequest request) {
    TenantId tenant = tenants.resolve(request.headers());
    return yaml(structured(overrides.limits(tenant)));
  }

  private HttpResponse runtimeConfig(ServiceRequestContext ctx) {
    String mode = ctx.queryParam("mode");
    Map<TenantId, Map<String, String>> limits =
        "diff".equals(mode) ? overrides.differences() : overrides.limitsOfOverridden();
    Map<String, Map<String, Object>> byTenant = new TreeMap<>();
    limits.forEach((tenant, texts) -> byTenant.put(tenant.value(), structured(texts)));
    return yaml(Map.of("overrides", byTenant));
  }

  /** Limits that are lists or mappings not as their JSON, but as the file has them. */
  private static Map<String, Object> structured(Map<String, String> texts) {
    Map<String, Object> values = new TreeMap<>();
    texts.forEach((name, text) -> values.put(name, structured(text)));
    return values;
  }

  private static Object structured(String text) {
    if (!text.startsWith("[") && !text.startsWith("{")) {
      return text;
    }

    try {
      return YAML.readTree(text);
    } catch (JsonProcessingException e) {
      return text;
    }
  }

  private static HttpResponse yaml(Map<String, ?> content) {
    try {
      return HttpResponse.of(HttpStatus.OK, StatusApi.YAML, YAML.writeValueAsString(content));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A map of strings has no YAML", e);
    }
  }
}
