/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.linecorp.armeria.common.RequestHeaders;
import io.flamelake.model.TenantId;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Finds the tenant, or the tenants, a request speaks for. */
public final class Tenants {

  /** The header that names the tenant, when multi-tenancy is on. */
  public static final AsciiString HEADER = AsciiString.cached("x-scope-orgid");

  /** More tenants than anyone reads together; each costs a query its own scans. */
  public static final int MAX_JOINED = 64;

  private static final Pattern SEPARATOR = Pattern.compile("\\|");

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

    return parse(header(headers));
  }

  /**
   * Returns the tenants the headers name, {@code a|b}, in their order and each once. Only for
   * methods that read: what is written belongs to one tenant.
   *
   * @throws RpcException as {@link #resolve}, and {@code invalid_argument} for more than {@value
   *     #MAX_JOINED} names
   */
  public List<TenantId> resolveAll(RequestHeaders headers) {
    if (!multitenancyEnabled) {
      return List.of(TenantId.ANONYMOUS);
    }

    String[] names = SEPARATOR.split(header(headers), -1);
    if (names.length > MAX_JOINED) {
      throw RpcException.invalidArgument(
          "X-Scope-OrgID names " + names.length + " tenants (expected: <= " + MAX_JOINED + ")");
    }

    return Arrays.stream(names).map(Tenants::parse).distinct().sorted().toList();
  }

  private static String header(RequestHeaders headers) {
    List<String> values = headers.getAll(HEADER);
    if (values.size() > 1) {
      throw RpcException.invalidArgument("More than one X-Scope-OrgID header");
    }

    if (values.isEmpty() || values.get(0).isEmpty()) {
      throw new RpcException(
          RpcCode.UNAUTHENTICATED, "No tenant: the header X-Scope-OrgID is missing");
    }

    return values.get(0);
  }

  private static TenantId parse(String name) {
    try {
      return new TenantId(name);
    } catch (IllegalArgumentException e) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, "Invalid tenant id in X-Scope-OrgID", e);
    }
  }
}
