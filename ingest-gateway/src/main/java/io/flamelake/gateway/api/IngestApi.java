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
import io.flamelake.gateway.intake.ProfileIntake;
import io.flamelake.gateway.intake.PushFailure;
import io.flamelake.gateway.intake.PushedProfile;
import io.flamelake.gateway.intake.PushedSeries;
import io.flamelake.gateway.limits.LabelRules;
import io.flamelake.gateway.limits.Limits;
import io.flamelake.gateway.limits.TenantLimits;
import io.flamelake.model.Label;
import io.flamelake.model.LabelNames;
import io.flamelake.model.TenantId;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.Pprof;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofGzip;
import io.flamelake.rpc.MemoryBudget;
import io.flamelake.rpc.MemoryBudget.Reservation;
import io.flamelake.rpc.RequestBody;
import io.flamelake.rpc.RpcCode;
import io.flamelake.rpc.RpcException;
import io.flamelake.rpc.TenantWorkers;
import io.flamelake.rpc.Tenants;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /ingest} and {@code POST /pyroscope/ingest}: how Pyroscope's SDKs send profiles.
 *
 * <p>Takes pprof, as the body with {@code format=pprof} or as the field {@code profile} of a form.
 */
public final class IngestApi implements HttpService {

  /** Without a body; a status alone would be answered with its text. */
  private static final ResponseHeaders EMPTY_OK =
      ResponseHeaders.of(HttpStatus.OK, HttpHeaderNames.CONTENT_LENGTH, 0);

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** Times before this are of 1970: the client's clock knew no date. */
  private static final long END_OF_1970_NANOS = 365L * 24 * 3600 * NANOS_PER_SECOND;

  private final ProfileIntake intake;
  private final Tenants tenants;
  private final MemoryBudget budget;
  private final TenantWorkers workers;
  private final TenantLimits tenantLimits;
  private final long maxRequestBytes;
  private final Duration requestTimeout;
  private final Clock clock;

  public IngestApi(
      ProfileIntake intake,
      Tenants tenants,
      MemoryBudget budget,
      TenantWorkers workers,
      TenantLimits tenantLimits,
      long maxRequestBytes,
      Duration requestTimeout,
      Clock clock) {
    this.intake = requireNonNull(intake, "intake");
    this.tenants = requireNonNull(tenants, "tenants");
    this.budget = requireNonNull(budget, "budget");
    this.workers = requireNonNull(workers, "workers");
    this.tenantLimits = requireNonNull(tenantLimits, "tenantLimits");
    this.maxRequestBytes = maxRequestBytes;
    this.requestTimeout = requireNonNull(requestTimeout, "requestTimeout");
    this.clock = requireNonNull(clock, "clock");
  }

  public void addTo(ServerBuilder sb) {
    for (String path : List.of("/ingest", "/pyroscope/ingest")) {
      // 0: RequestBody limits the body.
      sb.route().post(path).maxRequestLength(0).requestTimeout(requestTimeout).build(this);
    }
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
    TenantId tenant = tenants.resolve(request.headers());
    IngestParameters parameters =
        IngestParameters.parse(ctx.queryParams(), request.contentType(), clock.instant());
    if (!parameters.format().isSupported()) {
      throw unsupported(parameters.format());
    }

    Reservation reservation = budget.open(tenant);
    ctx.log().whenComplete().thenRun(reservation::close);
    CompletableFuture<HttpResponse> response =
        RequestBody.read(ctx, request, maxRequestBytes, reservation)
            .thenCompose(
                body ->
                    workers.submit(
                        tenant,
                        body.length,
                        () ->
                            RequestBody.decode(
                                request.headers(), body, maxRequestBytes, reservation)))
            .thenCompose(body -> readUpload(body, parameters.format(), request.contentType()))
            .thenCompose(
                upload ->
                    workers.submit(
                        tenant,
                        upload.profile().length,
                        () -> push(ctx, tenant, parameters, upload)))
            .thenCompose(pushed -> pushed);
    return HttpResponse.of(response);
  }

  private static CompletionStage<PprofUpload> readUpload(
      byte[] body, IngestFormat format, @Nullable MediaType contentType) {
    if (format == IngestFormat.PPROF) {
      return CompletableFuture.completedFuture(PprofUpload.ofBody(body));
    }

    return PprofUpload.ofForm(body, contentType)
        .exceptionally(
            cause -> {
              throw unprocessable(cause);
            });
  }

  private CompletionStage<HttpResponse> push(
      ServiceRequestContext ctx, TenantId tenant, IngestParameters parameters, PprofUpload upload) {
    if (parameters.name().hasProfileId()) {
      return CompletableFuture.completedFuture(HttpResponse.of(EMPTY_OK));
    }

    PushedSeries series = toSeries(tenantLimits.of(tenant), parameters, upload);
    return intake.push(tenant, List.of(series), ctx::isCancelled).thenApply(IngestApi::respond);
  }

  private static PushedSeries toSeries(
      Limits limits, IngestParameters parameters, PprofUpload upload) {
    byte[] bytes;
    Pprof pprof;
    try {
      bytes = PprofGzip.decompress(upload.profile(), limits.maxProfileBytes());
      bytes = SpyRepairs.repair(parameters.spyName(), bytes);
      pprof = PprofDecoder.decode(bytes, limits.pprofLimits());
    } catch (MalformedProfileException | IllegalArgumentException e) {
      throw unprocessable(e);
    }

    String name = ProfileName.of(pprof, upload.sampleTypeConfigs());
    if (pprof.timeNanos() >= 0 && pprof.timeNanos() < END_OF_1970_NANOS) {
      long fromNanos =
          parameters.from().getEpochSecond() * NANOS_PER_SECOND + parameters.from().getNano();
      bytes = PprofTime.replace(bytes, fromNanos);
    }

    return new PushedSeries(labels(parameters, name), List.of(new PushedProfile(bytes, null)));
  }

  private static List<Label> labels(IngestParameters parameters, String name) {
    List<Label> labels = new ArrayList<>(parameters.name().labels());
    labels.removeIf(label -> label.name().equals(LabelRules.SPY));
    labels.add(new Label(LabelNames.NAME, name));
    labels.add(new Label(LabelNames.DELTA, "false"));
    labels.add(new Label(LabelRules.SPY, parameters.spyName()));
    if (labels.stream().noneMatch(label -> label.name().equals(LabelNames.SERVICE_NAME))) {
      labels.add(new Label(LabelNames.SERVICE_NAME, parameters.name().app()));
    }

    return labels;
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

  private static RpcException unsupported(IngestFormat format) {
    return new RpcException(
            RpcCode.UNIMPLEMENTED,
            "The format "
                + format.text()
                + " is not supported (supported: pprof, as the body with format=pprof or as the"
                + " field profile of multipart/form-data)")
        .withHttpStatus(HttpStatus.UNPROCESSABLE_ENTITY);
  }

  private static RpcException unprocessable(Throwable cause) {
    return new RpcException(RpcCode.INVALID_ARGUMENT, String.valueOf(cause.getMessage()), cause)
        .withHttpStatus(HttpStatus.UNPROCESSABLE_ENTITY);
  }
}
