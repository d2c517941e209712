/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.flamelake.model.TenantId;
import io.flamelake.rpc.EncodedMessage;
import io.flamelake.rpc.MemoryBudget;
import io.flamelake.rpc.MemoryBudget.Reservation;
import io.flamelake.rpc.RequestBody;
import io.flamelake.rpc.RpcContext;
import io.flamelake.rpc.RpcException;
import io.flamelake.rpc.RpcService;
import io.flamelake.rpc.RpcServiceBuilder;
import io.flamelake.rpc.TenantWorkers;
import io.flamelake.rpc.Tenants;
import io.flamelake.rpc.UnreadableRequests;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How requests that bring profiles are received, whatever their format.
 *
 * @param tenants whose they are
 * @param budget the memory of all requests under way
 * @param workers decode and convert them
 * @param maxRequestBytes of a body, as sent and decompressed
 * @param unreadable is told of requests whose body is too large or cannot be read
 * @param requestTimeout from a request's first byte to the end of its answer
 */
public record Uploads(
    Tenants tenants,
    MemoryBudget budget,
    TenantWorkers workers,
    long maxRequestBytes,
    UnreadableRequests unreadable,
    Duration requestTimeout) {

  public Uploads {
    requireNonNull(tenants, "tenants");
    requireNonNull(budget, "budget");
    requireNonNull(workers, "workers");
    requireNonNull(unreadable, "unreadable");
    requireNonNull(requestTimeout, "requestTimeout");
  }

  /** Begins a service of rpcs that are received so. */
  RpcServiceBuilder rpc(String serviceName) {
    return RpcService.builder(serviceName, tenants)
        .maxRequestBytes(maxRequestBytes)
        .memoryBudget(budget)
        .workers(workers)
        .unreadable(unreadable)
        .requestTimeout(requestTimeout);
  }

  /** Adds a path that is posted to. */
  void route(ServerBuilder sb, String path, HttpService service) {
    // 0: RequestBody limits the body.
    sb.route().post(path).maxRequestLength(0).requestTimeout(requestTimeout).build(service);
  }

  /** Opens a reservation that ends with the request. */
  Reservation open(ServiceRequestContext ctx, TenantId tenant) {
    Reservation reservation = budget.open(tenant);
    ctx.log().whenComplete().thenRun(reservation::close);
    return reservation;
  }

  /**
   * Reads a body and, when it is the tenant's turn, undoes its {@code Content-Encoding} and works
   * on it.
   *
   * @return fails as {@link RequestBody} says, or as the work does
   */
  <T> CompletableFuture<T> receive(
      ServiceRequestContext ctx,
      HttpRequest request,
      TenantId tenant,
      Reservation reservation,
      Function<byte[], T> work) {
    RpcContext caller = new RpcContext(List.of(tenant), ctx);
    return RequestBody.read(ctx, request, maxRequestBytes, reservation)
        .whenComplete((body, thrown) -> unreadable.tell(caller, thrown))
        .thenCompose(
            body ->
                submit(
                    caller,
                    body.length,
                    () -> RequestBody.decode(request.headers(), body, maxRequestBytes, reservation),
                    work));
  }

  /**
   * Decompresses an rpc's message when it is the tenant's turn, and works on it.
   *
   * @return fails as {@link EncodedMessage#decompress()} says, or as the work does
   */
  <T> CompletableFuture<T> decode(
      RpcContext caller, EncodedMessage message, Function<byte[], T> work) {
    return submit(caller, message.length(), message::decompress, work);
  }

  private <T> CompletableFuture<T> submit(
      RpcContext caller, int length, Supplier<byte[]> decompress, Function<byte[], T> work) {
    return workers.submit(caller.tenant(), length, () -> work.apply(readable(caller, decompress)));
  }

  private byte[] readable(RpcContext caller, Supplier<byte[]> decompress) {
    try {
      return decompress.get();
    } catch (RpcException e) {
      unreadable.tell(caller, e);
      throw e;
    }
  }
}
