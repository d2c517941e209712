/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.flamelake.model.TenantId;

/** Who calls, and the HTTP request that carries the call. */
public record RpcContext(TenantId tenant, ServiceRequestContext http) {}
