/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;

/**
 * Answers rpcs that a server does not have with {@code unimplemented}, in the words of the protocol
 * they were called by: clients try newer services and fall back.
 */
public final class UnknownRpcs {
  private static final String RPC_PATHS =
      "regex:^/[A-Za-z_][A-Za-z0-9_]*(?:\\.[A-Za-z_][A-Za-z0-9_]*)+/[A-Za-z_][A-Za-z0-9_]*$";

  private UnknownRpcs() {}

  /** Adds the answer for all paths that look like an rpc's; after the services of the server. */
  public static void addTo(ServerBuilder sb) {
    sb.route().path(RPC_PATHS).maxRequestLength(0).build(UnknownRpcs::serve);
  }

  static HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
    MediaType contentType = request.contentType();
    if (contentType != null && contentType.subtype().startsWith("grpc")) {
      return HttpResponse.of(
          ResponseHeaders.builder(HttpStatus.OK)
              .contentType(contentType)
              .addInt("grpc-status", RpcCode.UNIMPLEMENTED.number())
              .add("grpc-message", "Unknown method")
              .endOfStream(true)
              .build());
    }

    return request.method() == HttpMethod.POST
        ? ErrorResponses.of(
            new RpcException(RpcCode.UNIMPLEMENTED, "Unknown method: " + ctx.path()))
        : ErrorResponses.of(new RpcException(RpcCode.NOT_FOUND, "Not found: " + ctx.path()));
  }
}
