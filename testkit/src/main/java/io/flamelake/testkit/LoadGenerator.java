/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import com.google.protobuf.UnsafeByteOperations;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.HttpStatusClass;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import io.flamelake.model.Label;
import io.flamelake.model.TenantId;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.RawProfileSeries;
import io.flamelake.proto.push.v1.RawSample;
import io.flamelake.proto.types.v1.LabelPair;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pushes synthetic profiles of many tenants at a steady rate and keeps the ledger of it.
 *
 * <p>A server that dies is what this is for: a request that fails, times out or is answered 429 or
 * 5xx is sent again with the same ids, so that a server which had stored it already must notice.
 * When the last try fails, the profile stays unacknowledged in the ledger. The rate falls behind
 * while too many requests wait for an answer, and is not caught up with later.
 *
 * <p>{@link #run} may be called once at a time; {@link #stop} from any thread.
 */
public final class LoadGenerator implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LoadGenerator.class);
  private static final String PUSH_PATH = "/push.v1.PusherService/Push";

  public static LoadGeneratorBuilder builder(URI server, Ledger ledger) {
    return new LoadGeneratorBuilder(server, ledger);
  }

  private final Ledger ledger;
  private final ProfileSynthesizer synthesizer;
  private final int tenants;
  private final double profilesPerSecond;
  private final int maxAttempts;
  private final Duration retryDelay;
  private final int maxConcurrentRequests;
  private final Clock clock;
  private final ClientFactory clientFactory;
  private final WebClient client;
  private final Semaphore permits;

  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong failedAttempts = new AtomicLong();
  private final AtomicLong slowestNanos = new AtomicLong();
  private final AtomicLong pprofBytes = new AtomicLong();
  private volatile boolean isStopped;

  LoadGenerator(LoadGeneratorBuilder builder) {
    this.ledger = builder.ledger;
    this.synthesizer = builder.synthesizer();
    this.tenants = builder.tenants;
    this.profilesPerSecond = builder.profilesPerSecond;
    this.maxAttempts = builder.maxAttempts;
    this.retryDelay = builder.retryDelay;
    this.maxConcurrentRequests = builder.maxConcurrentRequests;
    this.clock = builder.clock;
    this.permits = new Semaphore(maxConcurrentRequests);
    this.clientFactory = ClientFactory.builder().connectTimeout(builder.requestTimeout).build();
    this.client =
        WebClient.builder(builder.server)
            .factory(clientFactory)
            .responseTimeout(builder.requestTimeout)
            .build();
  }

  /** Pushes for a while or until stopped, then waits until every request has ended. */
  public LoadReport run(Duration duration) throws InterruptedException {
    isStopped = false;
    synthesizer.prepare();
    long start = System.nanoTime();
    long intervalNanos = (long) (TimeUnit.SECONDS.toNanos(1) / profilesPerSecond);
    long next = start;
    for (long number = sent.get();
        !isStopped && System.nanoTime() - start < duration.toNanos();
        number++) {
      permits.acquire();
      push(number);
      next = Math.max(next + intervalNanos, System.nanoTime() - TimeUnit.SECONDS.toNanos(1));
      while (System.nanoTime() < next && !isStopped) {
        LockSupport.parkNanos(next - System.nanoTime());
      }
    }

    permits.acquire(maxConcurrentRequests);
    permits.release(maxConcurrentRequests);
    return report(Duration.ofNanos(System.nanoTime() - start));
  }

  /** Ends {@link #run}: no new profiles, and no more tries of the ones that fail. */
  public void stop() {
    isStopped = true;
  }

  @Override
  public void close() {
    stop();
    clientFactory.close();
  }

  private LoadReport report(Duration elapsed) {
    return new LoadReport(
        sent.get(),
        acknowledged.get(),
        refused.get(),
        failedAttempts.get(),
        Duration.ofNanos(slowestNanos.get()),
        elapsed,
        pprofBytes.get());
  }

  private void push(long number) {
    // Tenants in turn, then services, then pods; every other profile of a pod is of the heap.
    int tenant = (int) (number % Math.max(1, tenants));
    long rest = number / Math.max(1, tenants);
    int service = (int) (rest % synthesizer.services());
    rest /= synthesizer.services();
    int pod = (int) (rest % synthesizer.podsPerService());
    boolean isHeap = rest / synthesizer.podsPerService() % 2 == 1;
    SyntheticProfile profile =
        isHeap
            ? synthesizer.heapProfile(service, pod, clock.instant())
            : synthesizer.cpuProfile(service, pod, clock.instant());

    UUID id = UUID.randomUUID();
    TenantId tenantId = tenants == 0 ? TenantId.ANONYMOUS : new TenantId("tenant-" + tenant);
    ledger.record(
        new LedgerEntry(id, tenantId, profile.labels().value("service_name"), profile.totals()));
    sent.incrementAndGet();
    pprofBytes.addAndGet(profile.pprof().length);
    send(id, headers(tenantId), HttpData.wrap(request(id, profile).toByteArray()), 1);
  }

  private void send(UUID id, RequestHeaders headers, HttpData body, int attempt) {
    long start = System.nanoTime();
    client
        .execute(HttpRequest.of(headers, body))
        .aggregate()
        .handle(
            (response, cause) -> {
              slowestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
              onAnswer(id, headers, body, attempt, response, cause);
              return null;
            })
        .exceptionally(
            unexpected -> {
              LOG.error("Answer to {} not handled", id, unexpected);
              return null;
            });
  }

  private void onAnswer(
      UUID id,
      RequestHeaders headers,
      HttpData body,
      int attempt,
      @Nullable AggregatedHttpResponse response,
      @Nullable Throwable cause) {
    if (response != null && response.status().equals(HttpStatus.OK)) {
      ledger.acknowledge(id);
      acknowledged.incrementAndGet();
      permits.release();
      return;
    }

    if (response != null && isRefusal(response.status())) {
      LOG.warn("Profile {} refused: {} {}", id, response.status(), response.contentUtf8());
      refused.incrementAndGet();
      permits.release();
      return;
    }

    failedAttempts.incrementAndGet();
    LOG.debug("Attempt {} of {} failed: {}", attempt, id, response, cause);
    if (attempt >= maxAttempts || isStopped) {
      permits.release();
      return;
    }

    clientFactory
        .eventLoopGroup()
        .schedule(
            () -> send(id, headers, body, attempt + 1),
            retryDelay.toMillis() * attempt,
            TimeUnit.MILLISECONDS);
  }

  private static boolean isRefusal(HttpStatus status) {
    return status.codeClass() == HttpStatusClass.CLIENT_ERROR
        && !status.equals(HttpStatus.TOO_MANY_REQUESTS)
        && !status.equals(HttpStatus.REQUEST_TIMEOUT);
  }

  private RequestHeaders headers(TenantId tenant) {
    RequestHeadersBuilder headers =
        RequestHeaders.builder(HttpMethod.POST, PUSH_PATH)
            .add(HttpHeaderNames.CONTENT_TYPE, "application/proto");
    if (tenants > 0) {
      headers.add("X-Scope-OrgID", tenant.value());
    }

    return headers.build();
  }

  private static PushRequest request(UUID id, SyntheticProfile profile) {
    RawProfileSeries.Builder series = RawProfileSeries.newBuilder();
    for (Label label : profile.labels().labels()) {
      series.addLabels(LabelPair.newBuilder().setName(label.name()).setValue(label.value()));
    }

    series.addSamples(
        RawSample.newBuilder()
            .setID(id.toString())
            .setRawProfile(UnsafeByteOperations.unsafeWrap(profile.gzip())));
    return PushRequest.newBuilder().addSeries(series).build();
  }
}
