/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.flamelake.gateway.intake.ProfileIntake;
import io.flamelake.gateway.intake.PushFailure;
import io.flamelake.gateway.limits.TenantLimits;
import io.flamelake.gateway.otlp.OtlpConversion;
import io.flamelake.gateway.otlp.OtlpConversion.Series;
import io.flamelake.gateway.otlp.OtlpConverter;
import io.flamelake.gateway.otlp.OtlpJson;
import io.flamelake.gateway.otlp.SampleLayout;
import io.flamelake.model.DiscardReason;
import io.flamelake.model.TenantId;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.proto.otlp.v1development.ExportProfilesServiceResponse;
import io.flamelake.rpc.EncodedMessage;
import io.flamelake.rpc.MemoryBudget.Reservation;
import io.flamelake.rpc.RpcContext;
import io.flamelake.rpc.RpcException;
import io.flamelake.rpc.RpcService;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * OpenTelemetry's profiles: the rpc {@code ProfilesService/Export}, and {@code POST
 * /v1development/profiles} for exporters that speak plain HTTP.
 */
public final class OtlpApi {

  private static final String SERVICE =
      "opentelemetry.proto.collector.profiles.v1development.ProfilesService";
  private static final String HTTP_PATH = "/v1development/profiles";

  private static final MediaType X_PROTOBUF = MediaType.create("application", "x-protobuf");
  private static final MediaType PROTOBUF = MediaType.create("application", "protobuf");

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final ProfileIntake intake;
  private final Uploads uploads;
  private final TenantLimits tenantLimits;
  private final Clock clock;
  private final RpcService service;

  public OtlpApi(ProfileIntake intake, Uploads uploads, TenantLimits tenantLimits, Clock clock) {
    this.intake = requireNonNull(intake, "intake");
    this.uploads = requireNonNull(uploads, "uploads");
    this.tenantLimits = requireNonNull(tenantLimits, "tenantLimits");
    this.clock = requireNonNull(clock, "clock");
    this.service =
        uploads
            .rpc(SERVICE)
            .unary("Export", ExportProfilesServiceResponse.getDefaultInstance(), this::export)
            .build();
  }

  public void addTo(ServerBuilder sb) {
    service.addTo(sb);
    uploads.route(sb, HTTP_PATH, this::serve);
  }

  private CompletionStage<ExportProfilesServiceResponse> export(
      RpcContext ctx, EncodedMessage request) {
    TenantId tenant = ctx.tenant();
    CompletableFuture<OtlpConversion> conversion =
        uploads.decode(
            ctx,
            request,
            message -> convert(tenant, message, request.isJson(), request.reservation()));
    return push(ctx.http(), tenant, conversion);
  }

  private HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
    boolean isJson = isJson(request.contentType());
    TenantId tenant = uploads.tenants().resolve(request.headers());
    Reservation reservation = uploads.open(ctx, tenant);
    CompletableFuture<OtlpConversion> conversion =
        uploads.receive(
            ctx, request, tenant, reservation, body -> convert(tenant, body, isJson, reservation));
    return HttpResponse.of(push(ctx, tenant, conversion).thenApply(OtlpApi::respond));
  }

  private OtlpConversion convert(
      TenantId tenant, byte[] export, boolean isJson, Reservation reservation) {
    return isJson
        ? convertJson(tenant, export, reservation)
        : convert(tenant, export, null, reservation);
  }

  private OtlpConversion convertJson(TenantId tenant, byte[] json, Reservation reservation) {
    byte[] export;
    try {
      export = OtlpJson.toProtobuf(json, reservation);
    } catch (MalformedProfileException e) {
      throw refused(tenant, json.length, e);
    }

    return convert(tenant, export, SampleLayout.V1_10, reservation);
  }

  private OtlpConversion convert(
      TenantId tenant, byte[] export, @Nullable SampleLayout layout, Reservation reservation) {
    Instant now = clock.instant();
    long nowNanos = now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
    try {
      OtlpConversion conversion =
          OtlpConverter.convert(export, layout, tenantLimits.of(tenant), nowNanos, reservation);
      conversion
          .refused()
          .forEach(refusal -> intake.countDiscarded(tenant, refusal.reason(), refusal.bytes()));
      return conversion;
    } catch (MalformedProfileException e) {
      throw refused(tenant, export.length, e);
    }
  }

  private RpcException refused(TenantId tenant, long bytes, MalformedProfileException e) {
    intake.countDiscarded(tenant, e.reason(), bytes);
    RpcException error =
        RpcException.invalidArgument(
            FailureMessage.ofTenant(tenant, "Invalid export: " + e.getMessage()));
    return e.reason() == DiscardReason.BODY_SIZE_LIMIT_EXCEEDED
        ? error.withHttpStatus(HttpStatus.REQUEST_ENTITY_TOO_LARGE)
        : error;
  }

  private CompletableFuture<ExportProfilesServiceResponse> push(
      ServiceRequestContext ctx, TenantId tenant, CompletableFuture<OtlpConversion> conversion) {
    return conversion.thenCompose(
        converted ->
            store(ctx, tenant, converted)
                .thenApply(failures -> OtlpOutcome.of(tenant, converted, failures)));
  }

  private CompletableFuture<List<PushFailure>> store(
      ServiceRequestContext ctx, TenantId tenant, OtlpConversion conversion) {
    if (conversion.series().isEmpty()) {
      return CompletableFuture.completedFuture(List.of());
    }

    return intake.push(
        tenant, conversion.series().stream().map(Series::pushed).toList(), ctx::isCancelled);
  }

  private static boolean isJson(@Nullable MediaType contentType) {
    MediaType type = contentType == null ? null : contentType.withoutParameters();
    if (MediaType.JSON.equals(type)) {
      return true;
    }

    if (X_PROTOBUF.equals(type) || PROTOBUF.equals(type)) {
      return false;
    }

    throw RpcException.invalidArgument(
            "Unsupported content type: "
                + contentType
                + " (expected: application/x-protobuf, application/protobuf or application/json)")
        .withHttpStatus(HttpStatus.UNSUPPORTED_MEDIA_TYPE);
  }

  private static HttpResponse respond(ExportProfilesServiceResponse response) {
    return HttpResponse.of(HttpStatus.OK, X_PROTOBUF, HttpData.wrap(response.toByteArray()));
  }
}
