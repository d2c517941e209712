/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.flamelake.model.TenantId;
import java.util.List;

/**
 * Who calls, and the HTTP request that carries the call.
 *
 * @param tenants not empty; several only if the service {@link RpcServiceBuilder#joinsTenants()}
 */
public record RpcContext(List<TenantId> tenants, ServiceRequestContext http) {
  public RpcContext {
    tenants = List.copyOf(tenants);
    if (tenants.isEmpty()) {
      throw new IllegalArgumentException("tenants: [] (expected: at least one)");
    }
  }

  /**
   * The only tenant.
   *
   * @throws RpcException {@code invalid_argument} if the request names several
   */
  public TenantId tenant() {
    if (tenants.size() > 1) {
      throw RpcException.invalidArgument("X-Scope-OrgID has to name one tenant here");
    }

    return tenants.get(0);
  }
}
