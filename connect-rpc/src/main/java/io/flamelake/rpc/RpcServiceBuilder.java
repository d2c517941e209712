/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Builds an {@link RpcService}. */
public final class RpcServiceBuilder {

  private static final long DEFAULT_MAX_REQUEST_BYTES = 4 << 20;
  private static final long DEFAULT_MEMORY_BYTES = 64 << 20;

  private final String serviceName;
  private final Tenants tenants;
  private final List<Function<MessageDecoder, RpcMethod<?>>> methods = new ArrayList<>();
  private long maxRequestBytes = DEFAULT_MAX_REQUEST_BYTES;
  private @Nullable MemoryBudget budget;
  private @Nullable TenantWorkers workers;
  private @Nullable Duration requestTimeout;
  private TenantResolver tenantResolver;
  private UnreadableRequests unreadable = (tenant, code, bytes) -> {};

  RpcServiceBuilder(String serviceName, Tenants tenants) {
    this.serviceName = serviceName;
    this.tenants = tenants;
    this.tenantResolver = headers -> List.of(tenants.resolve(headers));
  }

  /** Adds a method. */
  public <Q extends Message, R extends Message> RpcServiceBuilder unary(
      String method, Q requestPrototype, R responsePrototype, RpcHandler<Q, R> handler) {
    requireNonNull(method, "method");
    requireNonNull(requestPrototype, "requestPrototype");
    requireNonNull(responsePrototype, "responsePrototype");
    requireNonNull(handler, "handler");
    methods.add(
        decoder ->
            new RpcMethod<>(method, responsePrototype, decoder.before(handler, requestPrototype)));
    return this;
  }

  /**
   * Adds a method that decodes its messages itself, and tells itself of those that cannot be read.
   */
  public <R extends Message> RpcServiceBuilder unary(
      String method, R responsePrototype, EncodedMessageHandler<R> handler) {
    requireNonNull(method, "method");
    requireNonNull(responsePrototype, "responsePrototype");
    requireNonNull(handler, "handler");
    methods.add(decoder -> new RpcMethod<>(method, responsePrototype, handler));
    return this;
  }

  /** Limits a request's body, as sent and decompressed; the default is 4 MiB. */
  public RpcServiceBuilder maxRequestBytes(long newMaxRequestBytes) {
    if (newMaxRequestBytes <= 0 || newMaxRequestBytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "maxRequestBytes: " + newMaxRequestBytes + " (expected: 1..2147483647)");
    }

    this.maxRequestBytes = newMaxRequestBytes;
    return this;
  }

  /**
   * Limits the bodies of all requests under way together; the default is 64 MiB for the service.
   */
  public RpcServiceBuilder memoryBudget(MemoryBudget newBudget) {
    this.budget = requireNonNull(newBudget, "newBudget");
    return this;
  }

  /** Decodes bodies on these workers; the default is the server's executor for blocking tasks. */
  public RpcServiceBuilder workers(TenantWorkers newWorkers) {
    this.workers = requireNonNull(newWorkers, "newWorkers");
    return this;
  }

  /** Sets who is told of requests that are refused before the methods see them. */
  public RpcServiceBuilder unreadable(UnreadableRequests newUnreadable) {
    this.unreadable = requireNonNull(newUnreadable, "newUnreadable");
    return this;
  }

  /** Sets how long a request may take; the default is the server's. */
  public RpcServiceBuilder requestTimeout(Duration newRequestTimeout) {
    this.requestTimeout = requireNonNull(newRequestTimeout, "newRequestTimeout");
    return this;
  }

  /** Lets requests name several tenants, {@code a|b}, which the methods have to read together. */
  public RpcServiceBuilder joinsTenants() {
    this.tenantResolver = tenants::resolveAll;
    return this;
  }

  public RpcService build() {
    MemoryBudget memory = budget == null ? new MemoryBudget(DEFAULT_MEMORY_BYTES) : budget;
    MessageDecoder decoder = new MessageDecoder(workers, unreadable);
    return new RpcService(
        serviceName,
        methods.stream().<RpcMethod<?>>map(method -> method.apply(decoder)).toList(),
        tenantResolver,
        memory,
        maxRequestBytes,
        requestTimeout,
        unreadable);
  }
}
