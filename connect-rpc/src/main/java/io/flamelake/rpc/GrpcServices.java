/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.rpc.RetryInfo;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestContext;
import com.linecorp.armeria.common.grpc.GrpcJsonMarshaller;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.flamelake.model.TenantId;
import io.flamelake.rpc.MemoryBudget.Reservation;
import io.grpc.Codec;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts methods on Armeria's gRPC service, without classes generated for them. Armeria does the
 * framing; messages are decompressed and decoded where tenants share the threads fairly.
 */
final class GrpcServices {

  private static final Logger LOG = LoggerFactory.getLogger(GrpcServices.class);

  private static final Metadata.Key<String> RETRY_AFTER =
      Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER);

  private static final Metadata.Key<com.google.rpc.Status> DETAILS =
      Metadata.Key.of(
          "grpc-status-details-bin",
          ProtoUtils.metadataMarshaller(com.google.rpc.Status.getDefaultInstance()));

  private static final String IDENTITY = "identity";
  private static final Set<String> ENCODINGS = Set.of(IDENTITY, "gzip");

  /** The memory of a call, from who has counted its bytes. */
  static final AttributeKey<Reservation> RESERVATION =
      AttributeKey.valueOf(GrpcServices.class, "RESERVATION");

  private static final DecompressorRegistry LEFT_COMPRESSED =
      DecompressorRegistry.emptyInstance()
          .with(Codec.Identity.NONE, false)
          .with(Undecompressed.GZIP, true);

  private final TenantResolver tenants;
  private final long maxRequestBytes;
  private final UnreadableRequests unreadable;

  GrpcServices(TenantResolver tenants, long maxRequestBytes, UnreadableRequests unreadable) {
    this.tenants = tenants;
    this.maxRequestBytes = maxRequestBytes;
    this.unreadable = unreadable;
  }

  GrpcService create(String serviceName, RpcMethod<?> method) {
    return GrpcService.builder()
        .addService(
            ServerServiceDefinition.builder(serviceName)
                .addMethod(define(serviceName, method))
                .build())
        .decompressorRegistry(LEFT_COMPRESSED)
        .useBlockingTaskExecutor(true)
        // Armeria would take the lack of a time-out for an endless one.
        .useClientTimeoutHeader(false)
        .maxRequestMessageLength((int) Math.min(maxRequestBytes, Integer.MAX_VALUE))
        .jsonMarshallerFactory(descriptor -> JsonMarshaller.INSTANCE)
        .exceptionHandler(
            (ctx, status, cause, metadata) -> {
              RpcException error = findError(ctx, status, cause);
              Status told = error == null ? status : toStatus(error, metadata);
              boolean mayTryAgain = error != null && error.retryAfter() != null;
              // Whoever comes so far without a message has sent none that can be read.
              if (!mayTryAgain && !Boolean.TRUE.equals(ctx.attr(ApiErrorHandler.BODY_RECEIVED))) {
                tell(ctx.request(), told);
              }

              return told;
            })
        .build();
  }

  private <R extends Message> ServerMethodDefinition<GrpcMessage, R> define(
      String serviceName, RpcMethod<R> method) {
    MethodDescriptor<GrpcMessage, R> descriptor =
        MethodDescriptor.<GrpcMessage, R>newBuilder()
            .setType(MethodType.UNARY)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(serviceName, method.name()))
            .setRequestMarshaller(GrpcMessage.Marshaller.INSTANCE)
            .setResponseMarshaller(ProtoUtils.marshaller(method.responsePrototype()))
            .build();
    return ServerMethodDefinition.create(
        descriptor,
        ServerCalls.asyncUnaryCall((request, observer) -> call(method, request, observer)));
  }

  private <R extends Message> void call(
      RpcMethod<R> method, GrpcMessage request, StreamObserver<R> observer) {
    ServiceRequestContext ctx = ServiceRequestContext.current();
    ctx.setAttr(ApiErrorHandler.BODY_RECEIVED, true);
    try {
      RpcContext caller = new RpcContext(tenants.resolve(ctx.request().headers()), ctx);
      Reservation reservation = requireNonNull(ctx.attr(RESERVATION), "reservation");
      method
          .handler()
          .handle(caller, request.encoded(maxRequestBytes, reservation))
          .whenComplete(
              (response, cause) -> {
                if (cause != null) {
                  fail(ctx, observer, cause);
                  return;
                }

                observer.onNext(response);
                observer.onCompleted();
              });
    } catch (RuntimeException e) {
      fail(ctx, observer, e);
    }
  }

  private static void fail(ServiceRequestContext ctx, StreamObserver<?> observer, Throwable cause) {
    RpcException error = ApiErrorHandler.toRpcException(ctx, cause);
    Metadata trailers = new Metadata();
    observer.onError(toStatus(error, trailers).asRuntimeException(trailers));
  }

  private void tell(@Nullable HttpRequest request, Status status) {
    RpcCode code =
        status.getCode() == Code.RESOURCE_EXHAUSTED
            ? RpcCode.RESOURCE_EXHAUSTED
            : RpcCode.INVALID_ARGUMENT;
    if (request == null || status.getCode().value() != code.number()) {
      return;
    }

    try {
      TenantId caller = tenants.resolve(request.headers()).get(0);
      unreadable.tell(caller, code, request.headers().contentLength());
    } catch (RpcException e) {
      LOG.debug("A message that cannot be read is of no tenant", e);
    }
  }

  private static Status toStatus(RpcException error, Metadata trailers) {
    if (error.retryAfter() != null) {
      long seconds = ErrorResponses.retryAfterSeconds(error.retryAfter());
      trailers.put(RETRY_AFTER, Long.toString(seconds));
      trailers.put(DETAILS, details(error, seconds));
    }

    return Status.fromCodeValue(error.code().number()).withDescription(error.message());
  }

  /** Without this OpenTelemetry's exporters take a full server for a reason to give up. */
  private static com.google.rpc.Status details(RpcException error, long retrySeconds) {
    RetryInfo retry =
        RetryInfo.newBuilder()
            .setRetryDelay(Duration.newBuilder().setSeconds(retrySeconds))
            .build();
    return com.google.rpc.Status.newBuilder()
        .setCode(error.code().number())
        .setMessage(error.message())
        .addDetails(Any.pack(retry))
        .build();
  }

  /** What is to be said in place of a status of Armeria's, or null if it may stay. */
  private static @Nullable RpcException findError(
      RequestContext ctx, Status status, @Nullable Throwable thrown) {
    if (thrown instanceof RequestTimeoutException) {
      return ApiErrorHandler.toRpcException((ServiceRequestContext) ctx, thrown);
    }

    boolean isUnexplained = status.getCode() == Code.INTERNAL || status.getCode() == Code.UNKNOWN;
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof RpcException rpcException) {
        return rpcException;
      }

      if (isUnexplained && cause instanceof IOException) {
        // Handlers' exceptions do not come here, so this is of the message.
        return new RpcException(
            RpcCode.INVALID_ARGUMENT, "Invalid message: " + cause.getMessage(), thrown);
      }
    }

    String encoding = encoding(ctx);
    if (isUnexplained && !ENCODINGS.contains(encoding)) {
      return new RpcException(
          RpcCode.UNIMPLEMENTED,
          "Unsupported grpc-encoding: " + encoding + " (expected: gzip or identity)");
    }

    return isUnexplained && isBeforeCall(ctx) && thrown instanceof RuntimeException
        ? malformedFrame(status, thrown)
        : null;
  }

  /** Until then nothing but the frames of the request has been looked at. */
  private static boolean isBeforeCall(RequestContext ctx) {
    return !Boolean.TRUE.equals(ctx.attr(ApiErrorHandler.BODY_RECEIVED));
  }

  /** Armeria says nothing about a frame that ends early but that an index is out of bounds. */
  private static RpcException malformedFrame(Status status, Throwable cause) {
    String reason = status.getDescription();
    return new RpcException(
        RpcCode.INVALID_ARGUMENT,
        "Malformed frame: " + (reason == null ? "it is cut or garbled" : reason),
        cause);
  }

  private static String encoding(RequestContext ctx) {
    HttpRequest request = ctx.request();
    return request == null ? IDENTITY : request.headers().get("grpc-encoding", IDENTITY);
  }

  /** {@code application/grpc+json}, with the same JSON as Connect's. */
  private enum JsonMarshaller implements GrpcJsonMarshaller {
    INSTANCE;

    @Override
    public <T> void serializeMessage(Marshaller<T> marshaller, T message, OutputStream out)
        throws IOException {
      out.write(MessageCodec.JSON.encode((Message) message));
    }

    @Override
    @SuppressWarnings("unchecked") // All requests are of that type.
    public <T> T deserializeMessage(Marshaller<T> marshaller, InputStream in) throws IOException {
      return (T) new GrpcMessage(in.readAllBytes(), MessageCodec.JSON);
    }
  }

  /** Takes compressed messages as they are. */
  private enum Undecompressed implements Decompressor {
    GZIP;

    @Override
    public String getMessageEncoding() {
      return "gzip";
    }

    @Override
    public InputStream decompress(InputStream in) throws IOException {
      PushbackInputStream message = new PushbackInputStream(in, GzipBody.MAGIC_BYTES);
      byte[] magic = message.readNBytes(GzipBody.MAGIC_BYTES);
      if (!GzipBody.isGzip(magic, 0)) {
        throw new IOException("not gzip, as which it came");
      }

      message.unread(magic);
      return message;
    }
  }
}
