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
 * /runtime_config} what the overrides file says of all, for operators.
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
    sb.route().get("/runtime_config").build((ctx, request) -> runtimeConfig());
  }

  private HttpResponse tenantLimits(ServiceRequestContext ctx, HttpRequest request) {
    TenantId tenant = tenants.resolve(request.headers());
    return yaml(overrides.limits(tenant));
  }

  private HttpResponse runtimeConfig() {
    Map<String, Map<String, String>> byTenant = new TreeMap<>();
    overrides.overrides().forEach((tenant, limits) -> byTenant.put(tenant.value(), limits));
    return yaml(Map.of("overrides", byTenant));
  }

  private static HttpResponse yaml(Map<String, ?> content) {
    try {
      return HttpResponse.of(HttpStatus.OK, StatusApi.YAML, YAML.writeValueAsString(content));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A map of strings has no YAML", e);
    }
  }
}
