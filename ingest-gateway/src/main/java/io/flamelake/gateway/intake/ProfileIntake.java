/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.intake;

import static java.util.Objects.requireNonNull;

import io.flamelake.gateway.batch.SegmentBatcher;
import io.flamelake.gateway.intake.ProfileValidator.ValidProfile;
import io.flamelake.gateway.limits.LabelRules;
import io.flamelake.gateway.limits.Limits;
import io.flamelake.gateway.limits.RejectedProfileException;
import io.flamelake.gateway.limits.TenantLimits;
import io.flamelake.gateway.limits.TenantRateLimiter;
import io.flamelake.model.DiscardReason;
import io.flamelake.model.Label;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.normalize.ProfileNormalizer;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.PprofGzip;
import io.flamelake.rpc.MemoryBudget;
import io.flamelake.rpc.MemoryBudget.Reservation;
import io.flamelake.rpc.RpcCode;
import io.flamelake.rpc.RpcException;
import io.flamelake.rpc.TenantWorkers;
import io.flamelake.segment.SegmentRecord;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes pushed series: decompresses, decodes and validates their profiles on a bounded pool of
 * workers and gives those that pass to the batcher.
 *
 * <p>A request is applied in part: whatever is wrong with one profile, its neighbours are stored.
 */
public final class ProfileIntake {

  private static final Logger LOG = LoggerFactory.getLogger(ProfileIntake.class);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final TenantLimits tenantLimits;
  private final ThreadLocal<ProfileNormalizer> normalizers =
      ThreadLocal.withInitial(ProfileNormalizer::new);
  private final TenantRateLimiter rateLimiter = new TenantRateLimiter();
  private final MemoryBudget budget;
  private final SegmentBatcher batcher;
  private final IntakeMetrics metrics;
  private final Clock clock;
  private final TenantWorkers workers;

  public ProfileIntake(
      TenantLimits tenantLimits,
      TenantWorkers workers,
      MemoryBudget budget,
      SegmentBatcher batcher,
      MeterRegistry registry,
      Clock clock) {
    this.tenantLimits = requireNonNull(tenantLimits, "tenantLimits");
    this.budget = requireNonNull(budget, "budget");
    this.batcher = requireNonNull(batcher, "batcher");
    this.metrics = new IntakeMetrics(registry);
    this.clock = requireNonNull(clock, "clock");
    this.workers = requireNonNull(workers, "workers");
  }

  /**
   * Takes the series of one request.
   *
   * @param cancelled whether nobody waits for the answer any more
   * @return what was not stored, in the order of the series, once all the rest is durable
   * @throws RpcException if there is no series at all
   */
  public CompletableFuture<List<PushFailure>> push(
      TenantId tenant, List<PushedSeries> series, BooleanSupplier cancelled) {
    if (series.isEmpty()) {
      throw RpcException.invalidArgument("no profiles received");
    }

    RequestRules rules = new RequestRules(tenantLimits.of(tenant));
    List<CompletableFuture<@Nullable PushFailure>> outcomes = new ArrayList<>(series.size());
    for (int index = 0; index < series.size(); index++) {
      List<PushedProfile> profiles = series.get(index).profiles();
      for (int position = 0; position < profiles.size(); position++) {
        ProfileTask task =
            new ProfileTask(
                tenant, series.get(index).labels(), profiles.get(position), rules, cancelled);
        outcomes.add(task.submit(index, position));
      }
    }

    return CompletableFuture.allOf(outcomes.toArray(new CompletableFuture<?>[0]))
        .thenApply(
            done ->
                outcomes.stream().map(CompletableFuture::join).filter(Objects::nonNull).toList());
  }

  /** Counts what was refused before it could become a series. */
  public void countDiscarded(TenantId tenant, DiscardReason reason, long bytes) {
    metrics.countDiscarded(tenant, reason, bytes);
  }

  /** Counts a request of which nothing could be read. */
  public void countUnreadable(TenantId tenant, RpcCode code, long bytes) {
    DiscardReason reason =
        code == RpcCode.RESOURCE_EXHAUSTED
            ? DiscardReason.BODY_SIZE_LIMIT_EXCEEDED
            : DiscardReason.MALFORMED_PROFILE;
    metrics.countDiscarded(tenant, reason, bytes);
  }

  /** What holds for one request, from its first profile to its last. */
  private final class RequestRules {

    private final Limits limits;
    private final LabelRules labelRules;
    private final ProfileValidator validator;
    private final AtomicLong bytes = new AtomicLong();

    RequestRules(Limits limits) {
      this.limits = limits;
      this.labelRules = new LabelRules(limits);
      this.validator = new ProfileValidator(limits, labelRules, normalizers);
    }

    void addBytes(long more) {
      if (bytes.addAndGet(more) > limits.ingestionBodyBytes()) {
        throw new RejectedProfileException(
            DiscardReason.BODY_SIZE_LIMIT_EXCEEDED,
            "uncompressed batched profile payload size exceeds limit of %d B"
                .formatted(limits.ingestionBodyBytes()));
      }
    }
  }

  /** One profile of a request. Runs on one worker. */
  private final class ProfileTask {

    private final TenantId tenant;
    private final List<Label> pushedLabels;
    private final PushedProfile profile;
    private final UUID id;
    private final RequestRules rules;
    private final BooleanSupplier cancelled;

    ProfileTask(
        TenantId tenant,
        List<Label> pushedLabels,
        PushedProfile profile,
        RequestRules rules,
        BooleanSupplier cancelled) {
      this.tenant = tenant;
      this.pushedLabels = pushedLabels;
      this.profile = profile;
      this.id = profile.clientId() == null ? UUID.randomUUID() : profile.clientId();
      this.rules = rules;
      this.cancelled = cancelled;
    }

    /** Completes when the profile is durable, or with what was wrong. */
    CompletableFuture<@Nullable PushFailure> submit(int seriesIndex, int profileIndex) {
      return workers
          .submit(tenant, profile.bytes().length, this::store)
          .thenCompose(stored -> stored)
          .handle(
              (stored, cause) ->
                  cause == null
                      ? null
                      : new PushFailure(seriesIndex, profileIndex, id.toString(), toError(cause)));
    }

    private CompletableFuture<@Nullable Void> store() {
      Reservation reservation = budget.open(tenant);
      boolean handedOver = false;
      try {
        List<SegmentRecord> records = accept(reservation);
        if (records.isEmpty()) {
          return CompletableFuture.completedFuture(null);
        }

        handedOver = true;
        return batcher.add(tenant, records, reservation);
      } finally {
        if (!handedOver) {
          reservation.close();
        }
      }
    }

    private List<SegmentRecord> accept(Reservation reservation) {
      if (cancelled.getAsBoolean()) {
        throw new RpcException(RpcCode.CANCELED, "The request has ended");
      }

      long start = System.nanoTime();
      long bytes = profile.bytes().length;
      try {
        // Before any work, which a tenant who pushes too much would take from the others.
        long statedBytes = PprofGzip.statedSize(profile.bytes());
        if (!rateLimiter.hasRoom(tenant, rules.limits, statedBytes)) {
          bytes = statedBytes;
          throw rateLimited(bytes);
        }

        LabelSet labels = rules.labelRules.prepare(pushedLabels);
        byte[] pprof = decompress(labels);
        bytes = pprof.length;
        rules.addBytes(bytes);
        if (!rateLimiter.tryAcquire(tenant, rules.limits, bytes)) {
          throw rateLimited(bytes);
        }

        if (!rules.limits.sampling().keeps(labels, id)) {
          metrics.countDiscarded(tenant, DiscardReason.DROPPED_BY_SAMPLING_RULES, bytes);
          return List.of();
        }

        reservation.grow(bytes);
        Instant now = clock.instant();
        ValidProfile valid =
            rules.validator.validate(
                tenant, id, profile.clientId() != null, labels, pprof, now, reservation);
        if (valid.hasDropped()) {
          long kept = valid.records().stream().mapToLong(SegmentRecord::payloadLength).sum();
          metrics.countDiscarded(
              tenant, DiscardReason.DROPPED_BY_RELABEL_RULES, Math.max(0, bytes - kept));
        }

        metrics.countAccepted(tenant, bytes);
        return valid.records();
      } catch (RejectedProfileException e) {
        metrics.countDiscarded(tenant, e.reason(), bytes);
        throw e;
      } finally {
        metrics.decodeTime().record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
      }
    }

    private RejectedProfileException rateLimited(long bytes) {
      return new RejectedProfileException(
          DiscardReason.RATE_LIMITED,
          "push rate limit (%d B/s) exceeded while adding %d B"
              .formatted(rules.limits.ingestionRateBytes(), bytes));
    }

    private byte[] decompress(LabelSet labels) {
      try {
        return PprofGzip.decompress(profile.bytes(), rules.limits.maxProfileBytes());
      } catch (MalformedProfileException e) {
        throw RejectedProfileException.of(labels, e);
      }
    }

    private RpcException toError(Throwable thrown) {
      Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
      if (cause instanceof RpcException rpcException) {
        return rpcException;
      }

      if (cause instanceof RejectedProfileException rejected) {
        RpcCode code =
            rejected.reason() == DiscardReason.RATE_LIMITED
                ? RpcCode.RESOURCE_EXHAUSTED
                : RpcCode.INVALID_ARGUMENT;
        RpcException error =
            new RpcException(code, String.valueOf(rejected.getMessage()), rejected);
        return code == RpcCode.RESOURCE_EXHAUSTED ? error.withRetryAfter(RETRY_AFTER) : error;
      }

      LOG.error("Tenant {}: profile {} could not be stored", tenant, id, cause);
      return new RpcException(RpcCode.INTERNAL, "Internal error", cause);
    }
  }
}
