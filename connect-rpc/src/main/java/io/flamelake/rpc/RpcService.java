/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.grpc.GrpcService;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A protobuf service that answers Connect unary (protobuf and JSON, gzip), gRPC and gRPC-Web on the
 * paths {@code /<service>/<method>} of one port.
 *
 * <p>Unknown JSON fields and unknown enum names are ignored, since clients are often newer than the
 * server. Errors are {@link RpcException}s.
 */
public final class RpcService {

  private final String serviceName;
  private final List<RpcMethod<?>> methods;
  private final TenantResolver tenants;
  private final MemoryBudget budget;
  private final long maxRequestBytes;
  private final @Nullable Duration requestTimeout;
  private final UnreadableRequests unreadable;

  RpcService(
      String serviceName,
      List<RpcMethod<?>> methods,
      TenantResolver tenants,
      MemoryBudget budget,
      long maxRequestBytes,
      @Nullable Duration requestTimeout,
      UnreadableRequests unreadable) {
    this.serviceName = serviceName;
    this.methods = methods;
    this.tenants = tenants;
    this.budget = budget;
    this.maxRequestBytes = maxRequestBytes;
    this.requestTimeout = requestTimeout;
    this.unreadable = unreadable;
  }

  /**
   * Starts a service.
   *
   * @param serviceName the full protobuf name, such as {@code push.v1.PusherService}
   * @param tenants who says for whom a request speaks; stated always, so that no service is open to
   *     everybody by omission
   */
  public static RpcServiceBuilder builder(String serviceName, Tenants tenants) {
    return new RpcServiceBuilder(
        requireNonNull(serviceName, "serviceName"), requireNonNull(tenants, "tenants"));
  }

  /** Adds the methods' paths to a server; other paths of the service are {@code unimplemented}. */
  public void addTo(ServerBuilder sb) {
    GrpcServices grpcServices = new GrpcServices(tenants, maxRequestBytes, unreadable);
    for (RpcMethod<?> method : methods) {
      // Each method has a gRPC service of its own, because Armeria tells a service only once where
      // it was added.
      GrpcService grpcService = grpcServices.create(serviceName, method);
      bind(
          sb,
          "exact:/" + serviceName + "/" + method.name(),
          new ConnectService<>(method, grpcService, tenants, budget, maxRequestBytes, unreadable));
    }

    bind(sb, "prefix:/" + serviceName + "/", UnknownRpcs::serve);
  }

  private void bind(ServerBuilder sb, String path, HttpService service) {
    // 0: RequestBody and the gRPC deframer limit bodies, with the status of their protocol.
    var route = sb.route().path(path).maxRequestLength(0);
    if (requestTimeout != null) {
      route.requestTimeout(requestTimeout);
    }

    route.build(service);
  }
}
