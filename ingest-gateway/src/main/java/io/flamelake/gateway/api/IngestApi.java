/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.flamelake.gateway.format.JfrConverter;
import io.flamelake.gateway.format.ProfileConverter;
import io.flamelake.gateway.format.UploadContext;
import io.flamelake.gateway.intake.ProfileIntake;
import io.flamelake.gateway.intake.PushFailure;
import io.flamelake.gateway.intake.PushedSeries;
import io.flamelake.gateway.limits.TenantLimits;
import io.flamelake.model.DiscardReason;
import io.flamelake.model.TenantId;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.rpc.MemoryBudget.Reservation;
import io.flamelake.rpc.RpcCode;
import io.flamelake.rpc.RpcException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /ingest} and {@code POST /pyroscope/ingest}: how Pyroscope's SDKs send profiles.
 *
 * <p>Takes pprof, as the body with {@code format=pprof} or as the field {@code profile} of a form,
 * and the other formats of {@link IngestFormat}, which become pprof here.
 */
public final class IngestApi implements HttpService {

  /** Without a body; a status alone would be answered with its text. */
  private static final ResponseHeaders EMPTY_OK =
      ResponseHeaders.of(HttpStatus.OK, HttpHeaderNames.CONTENT_LENGTH, 0);

  private final ProfileIntake intake;
  private final Uploads uploads;
  private final TenantLimits tenantLimits;
  private final Clock clock;

  public IngestApi(ProfileIntake intake, Uploads uploads, TenantLimits tenantLimits, Clock clock) {
    this.intake = requireNonNull(intake, "intake");
    this.uploads = requireNonNull(uploads, "uploads");
    this.tenantLimits = requireNonNull(tenantLimits, "tenantLimits");
    this.clock = requireNonNull(clock, "clock");
  }

  public void addTo(ServerBuilder sb) {
    for (String path : List.of("/ingest", "/pyroscope/ingest")) {
      uploads.route(sb, path, this);
    }
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
    TenantId tenant = uploads.tenants().resolve(request.headers());
    QueryText.checkUtf8(ctx.query(), IngestParameters.TEXTS);
    IngestParameters parameters =
        IngestParameters.parse(ctx.queryParams(), request.contentType(), clock.instant());
    Reservation reservation = uploads.open(ctx, tenant);
    Upload upload = new Upload(ctx, tenant, parameters, request.contentType(), reservation);
    return HttpResponse.of(
        uploads
            .receive(ctx, request, tenant, reservation, body -> toSeries(upload, body))
            .thenCompose(
                series ->
                    series.isEmpty()
                        ? CompletableFuture.completedFuture(List.of())
                        : intake.push(tenant, series, ctx::isCancelled))
            .thenApply(failures -> respond(tenant, failures)));
  }

  private List<PushedSeries> toSeries(Upload upload, byte[] body) {
    if (upload.parameters.name().hasProfileId()) {
      return List.of();
    }

    try {
      return read(upload, body);
    } catch (MalformedProfileException e) {
      throw unprocessable(upload, e.reason(), body, e);
    } catch (IllegalArgumentException e) {
      throw unprocessable(upload, DiscardReason.MALFORMED_PROFILE, body, e);
    }
  }

  private List<PushedSeries> read(Upload upload, byte[] body) {
    IngestFormat format = upload.parameters.format();
    if (format == IngestFormat.MULTIPART) {
      return readPprof(upload, PprofUpload.ofForm(readForm(upload, body)));
    }

    if (format == IngestFormat.JFR && UploadForm.isForm(upload.contentType)) {
      return readJfr(upload, readForm(upload, body));
    }

    ProfileConverter converter = format.converter();
    return converter == null
        ? readPprof(upload, PprofUpload.ofBody(body))
        : convert(upload, body, converter);
  }

  private static UploadForm readForm(Upload upload, byte[] body) {
    return UploadForm.read(body, upload.contentType, upload.reservation);
  }

  private List<PushedSeries> readJfr(Upload upload, UploadForm form) {
    byte[] labels = form.findField("labels");
    return convert(
        upload, form.field("jfr"), labels == null ? new JfrConverter() : new JfrConverter(labels));
  }

  private List<PushedSeries> readPprof(Upload upload, PprofUpload pprof) {
    return List.of(IngestSeries.of(upload.parameters, pprof, tenantLimits.of(upload.tenant)));
  }

  private List<PushedSeries> convert(Upload upload, byte[] body, ProfileConverter converter) {
    IngestParameters parameters = upload.parameters;
    UploadContext context =
        new UploadContext(
            parameters.name().app(),
            parameters.sampleRate(),
            parameters.fromNanos(),
            parameters.untilNanos(),
            tenantLimits.of(upload.tenant).pprofLimits(),
            uploads.maxRequestBytes(),
            upload.reservation,
            upload.ctx::isCancelled);
    return converter.convert(body, context).stream()
        .map(profile -> IngestSeries.of(parameters, profile))
        .toList();
  }

  /** What the client sent cannot be read: its fault, told in the status that its SDK expects. */
  private RpcException unprocessable(
      Upload upload, DiscardReason reason, byte[] body, RuntimeException cause) {
    intake.countDiscarded(upload.tenant, reason, body.length);
    String message = FailureMessage.ofTenant(upload.tenant, String.valueOf(cause.getMessage()));
    return new RpcException(RpcCode.INVALID_ARGUMENT, message, cause)
        .withHttpStatus(HttpStatus.UNPROCESSABLE_ENTITY);
  }

  private static HttpResponse respond(TenantId tenant, List<PushFailure> failures) {
    if (failures.isEmpty()) {
      return HttpResponse.of(EMPTY_OK);
    }

    RpcException error = PushFailures.toRpcException(tenant, failures);
    throw error.code() == RpcCode.INVALID_ARGUMENT
        ? error.withHttpStatus(HttpStatus.UNPROCESSABLE_ENTITY)
        : error;
  }

  /** What is known of a request beside its body. */
  private record Upload(
      ServiceRequestContext ctx,
      TenantId tenant,
      IngestParameters parameters,
      @Nullable MediaType contentType,
      Reservation reservation) {}
}
