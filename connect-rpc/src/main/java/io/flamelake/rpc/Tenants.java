/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.linecorp.armeria.common.RequestHeaders;
import io.flamelake.model.TenantId;
import io.netty.util.AsciiString;
import java.util.List;

/** Finds the tenant a request speaks for. */
public final class Tenants {

  /** The header that names the tenant, when multi-tenancy is on. */
  public static final AsciiString HEADER = AsciiString.cached("x-scope-orgid");

  private final boolean multitenancyEnabled;

  /**
   * @param multitenancyEnabled whether requests name their tenant; if not, the header is ignored
   *     and everything belongs to {@link TenantId#ANONYMOUS}
   */
  public Tenants(boolean multitenancyEnabled) {
    this.multitenancyEnabled = multitenancyEnabled;
  }

  /**
   * Returns the tenant the headers name.
   *
   * @throws RpcException {@code unauthenticated} when the header is missing or empty, {@code
   *     invalid_argument} when it is there twice or holds no legal tenant id
   */
  public TenantId resolve(RequestHeaders headers) {
    if (!multitenancyEnabled) {
      return TenantId.ANONYMOUS;
    }

    List<String> values = headers.getAll(HEADER);
    if (values.size() > 1) {
      throw RpcException.invalidArgument("More than one X-Scope-OrgID header");
    }

    if (values.isEmpty() || values.get(0).isEmpty()) {
      throw new RpcException(
          RpcCode.UNAUTHENTICATED, "No tenant: the header X-Scope-OrgID is missing");
    }

    try {
      return new TenantId(values.get(0));
    } catch (IllegalArgumentException e) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, "Invalid tenant id in X-Scope-OrgID", e);
    }
  }
}
