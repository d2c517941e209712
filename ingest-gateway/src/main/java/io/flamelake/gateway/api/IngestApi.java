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
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
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
    IngestParameters parameters =
        IngestParameters.parse(ctx.queryParams(), request.contentType(), clock.instant());
    Reservation reservation = uploads.open(ctx, tenant);
    CompletableFuture<HttpResponse> response =
        uploads
            .read(ctx, request, tenant, reservation)
            .thenCompose(
                body ->
                    accept(
                        new Upload(ctx, tenant, parameters, request.contentType(), reservation),
                        body));
    return HttpResponse.of(response);
  }

  private CompletionStage<HttpResponse> accept(Upload upload, byte[] body) {
    if (upload.parameters.name().hasProfileId()) {
      return CompletableFuture.completedFuture(HttpResponse.of(EMPTY_OK));
    }

    return toSeries(upload, body)
        .handle((series, cause) -> orUnprocessable(upload, body, series, cause))
        .thenCompose(
            series ->
                series.isEmpty()
                    ? CompletableFuture.completedFuture(List.of())
                    : intake.push(upload.tenant, series, upload.ctx::isCancelled))
        .thenApply(IngestApi::respond);
  }

  private CompletableFuture<List<PushedSeries>> toSeries(Upload upload, byte[] body) {
    IngestFormat format = upload.parameters.format();
    if (format == IngestFormat.MULTIPART) {
      return readForm(upload, body, form -> readPprof(upload, PprofUpload.ofForm(form)));
    }

    if (format == IngestFormat.JFR && UploadForm.isForm(upload.contentType)) {
      return readForm(upload, body, form -> readJfr(upload, form));
    }

    ProfileConverter converter = format.converter();
    return uploads
        .workers()
        .submit(
            upload.tenant,
            body.length,
            () ->
                converter == null
                    ? readPprof(upload, PprofUpload.ofBody(body))
                    : convert(upload, body, converter));
  }

  private CompletableFuture<List<PushedSeries>> readForm(
      Upload upload, byte[] body, Function<UploadForm, List<PushedSeries>> reader) {
    return UploadForm.read(body, upload.contentType, upload.reservation)
        .thenCompose(
            form -> uploads.workers().submit(upload.tenant, body.length, () -> reader.apply(form)));
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
  private List<PushedSeries> orUnprocessable(
      Upload upload, byte[] body, @Nullable List<PushedSeries> series, @Nullable Throwable thrown) {
    if (series != null) {
      return series;
    }

    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (cause instanceof MalformedProfileException malformed) {
      intake.countDiscarded(upload.tenant, malformed.reason(), body.length);
      throw unprocessable(malformed);
    }

    if (cause instanceof IllegalArgumentException) {
      intake.countDiscarded(upload.tenant, DiscardReason.MALFORMED_PROFILE, body.length);
      throw unprocessable(cause);
    }

    throw new CompletionException(cause);
  }

  private static HttpResponse respond(List<PushFailure> failures) {
    if (failures.isEmpty()) {
      return HttpResponse.of(EMPTY_OK);
    }

    RpcException error = PushFailures.toRpcException(failures);
    throw error.code() == RpcCode.INVALID_ARGUMENT
        ? error.withHttpStatus(HttpStatus.UNPROCESSABLE_ENTITY)
        : error;
  }

  private static RpcException unprocessable(Throwable cause) {
    return new RpcException(RpcCode.INVALID_ARGUMENT, String.valueOf(cause.getMessage()), cause)
        .withHttpStatus(HttpStatus.UNPROCESSABLE_ENTITY);
  }

  /** What is known of a request when its body has been read. */
  private record Upload(
      ServiceRequestContext ctx,
      TenantId tenant,
      IngestParameters parameters,
      @Nullable MediaType contentType,
      Reservation reservation) {}
}
