/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.google.protobuf.Message;
import com.linecorp.armeria.common.ExchangeType;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.RoutingContext;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;
import io.flamelake.model.TenantId;
import io.flamelake.rpc.MemoryBudget.Reservation;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One method as Connect unary. Requests that speak gRPC or gRPC-Web pass on to the decorated
 * service: all protocols share one path, the content type tells them apart.
 */
final class ConnectService<R extends Message> extends SimpleDecoratingHttpService {

  static final String ACCEPT_POST =
      "application/grpc, application/grpc+proto, application/grpc+json, application/grpc-web,"
          + " application/grpc-web+proto, application/grpc-web-text, application/json,"
          + " application/proto";

  /** Below this the gzip header and the CPU time cost more than they save. */
  private static final int MIN_GZIP_BYTES = 1024;

  private static final int GRPC_FRAME_HEADER_BYTES = 5;

  private final RpcMethod<R> method;
  private final TenantResolver tenants;
  private final MemoryBudget budget;
  private final long maxRequestBytes;
  private final UnreadableRequests unreadable;

  ConnectService(
      RpcMethod<R> method,
      HttpService grpcService,
      TenantResolver tenants,
      MemoryBudget budget,
      long maxRequestBytes,
      UnreadableRequests unreadable) {
    super(grpcService);
    this.method = method;
    this.tenants = tenants;
    this.budget = budget;
    this.maxRequestBytes = maxRequestBytes;
    this.unreadable = unreadable;
  }

  @Override
  public ExchangeType exchangeType(RoutingContext routingContext) {
    // For the gRPC service's answer, unary, Armeria would collect the body before it calls this
    // service, past all limits.
    return ExchangeType.BIDI_STREAMING;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) throws Exception {
    if (isGrpc(request.contentType())) {
      return serveGrpc(ctx, request);
    }

    if (request.method() != HttpMethod.POST) {
      return ErrorResponses.of(
          new RpcException(RpcCode.UNIMPLEMENTED, "Only POST is allowed here")
              .withHttpStatus(HttpStatus.METHOD_NOT_ALLOWED),
          HttpHeaders.of(HttpHeaderNames.ALLOW, "POST"));
    }

    MessageCodec codec = MessageCodec.find(request.contentType());
    if (codec == null) {
      return ErrorResponses.of(
          RpcException.invalidArgument("Unsupported content type: " + request.contentType())
              .withHttpStatus(HttpStatus.UNSUPPORTED_MEDIA_TYPE),
          HttpHeaders.of("accept-post", ACCEPT_POST));
    }

    ClientTimeout.ofConnect(request.headers()).applyTo(ctx);
    RpcContext caller = new RpcContext(tenants.resolve(request.headers()), ctx);
    Reservation reservation = open(ctx, caller.tenants());
    CompletableFuture<HttpResponse> response =
        RequestBody.read(ctx, request, maxRequestBytes, reservation)
            .whenComplete((body, thrown) -> unreadable.tell(caller, thrown))
            .thenCompose(
                body ->
                    method
                        .handler()
                        .handle(caller, encoded(codec, request.headers(), body, reservation)))
            .thenApply(message -> respond(codec, request.headers(), message));
    return HttpResponse.of(response);
  }

  private EncodedMessage encoded(
      MessageCodec codec, RequestHeaders headers, byte[] body, Reservation reservation) {
    return new EncodedMessage(
        codec,
        body.length,
        () -> RequestBody.decode(headers, body, maxRequestBytes, reservation),
        reservation);
  }

  private Reservation open(ServiceRequestContext ctx, List<TenantId> callers) {
    Reservation reservation = callers.isEmpty() ? budget.open() : budget.open(callers.get(0));
    ctx.log().whenComplete().thenRun(reservation::close);
    return reservation;
  }

  private HttpResponse serveGrpc(ServiceRequestContext ctx, HttpRequest request) throws Exception {
    ClientTimeout.ofGrpc(request.headers()).applyTo(ctx);
    Reservation reservation = open(ctx, findCallers(request.headers()));
    ctx.setAttr(GrpcServices.RESERVATION, reservation);
    HttpRequest counted = CountedRequest.of(request, maxGrpcBytes(), reservation);
    ctx.updateRequest(counted);
    return unwrap().serve(ctx, counted);
  }

  /** A frame of the longest message, in gRPC-Web's text even; the message itself Armeria limits. */
  private long maxGrpcBytes() {
    return (maxRequestBytes + GRPC_FRAME_HEADER_BYTES) * 4 / 3 + 4;
  }

  /** None where the headers name no legal tenant, which the gRPC service says in its own way. */
  private List<TenantId> findCallers(RequestHeaders headers) {
    try {
      return tenants.resolve(headers);
    } catch (RpcException e) {
      return List.of();
    }
  }

  private HttpResponse respond(MessageCodec codec, RequestHeaders requestHeaders, R message) {
    byte[] body = codec.encode(message);
    ResponseHeadersBuilder headers =
        ResponseHeaders.builder(HttpStatus.OK).contentType(codec.mediaType());
    if (body.length >= MIN_GZIP_BYTES && acceptsGzip(requestHeaders)) {
      headers.set(HttpHeaderNames.CONTENT_ENCODING, "gzip");
      body = GzipBody.compress(body);
    }

    return HttpResponse.of(headers.build(), HttpData.wrap(body));
  }

  private static boolean acceptsGzip(RequestHeaders headers) {
    for (String value : headers.getAll(HttpHeaderNames.ACCEPT_ENCODING)) {
      for (String part : value.toLowerCase(Locale.ROOT).split(",", -1)) {
        String encoding = part.replace(" ", "");
        if (encoding.equals("gzip")
            || (encoding.startsWith("gzip;q=") && !encoding.matches("gzip;q=0(\\.0*)?"))) {
          return true;
        }
      }
    }

    return false;
  }

  private static boolean isGrpc(@Nullable MediaType contentType) {
    return contentType != null
        && contentType.type().equals("application")
        && contentType.subtype().startsWith("grpc");
  }
}
