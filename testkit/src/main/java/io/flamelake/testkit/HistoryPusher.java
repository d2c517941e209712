/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.UnsafeByteOperations;
import io.flamelake.model.Label;
import io.flamelake.model.TenantId;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.RawProfileSeries;
import io.flamelake.proto.push.v1.RawSample;
import io.flamelake.proto.types.v1.LabelPair;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Pushes a {@link ProfileHistory} to a gateway over several connections, many profiles in a
 * request, and each request again under the same ids until it is acknowledged: servers may die
 * meanwhile.
 */
public final class HistoryPusher implements AutoCloseable {
  private static final Duration REQUEST_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration GIVE_UP_AFTER = Duration.ofMinutes(10);
  private static final long RETRY_MILLIS = 100;

  /** Chooses profiles of a history. */
  @FunctionalInterface
  public interface Selection {
    boolean includes(HistorySeries series, int minute);
  }

  private final URI push;
  private final PushedHistory pushed;
  private final HttpClient http = HttpClient.newHttpClient();
  private final ExecutorService executor;
  private final AtomicLong profiles = new AtomicLong();
  private final AtomicLong pprofBytes = new AtomicLong();
  private final AtomicLong repeated = new AtomicLong();

  /**
   * @param pushed where acknowledged profiles are noted
   */
  public HistoryPusher(URI server, PushedHistory pushed, int connections) {
    this.push = server.resolve("/push.v1.PusherService/Push");
    this.pushed = requireNonNull(pushed, "pushed");
    this.executor = Executors.newFixedThreadPool(connections);
  }

  /**
   * Pushes the selected profiles of the minutes, one request for each service of a tenant, and
   * returns when all are acknowledged.
   */
  public void push(int fromMinute, int toMinute, Selection selection)
      throws InterruptedException, ExecutionException {
    List<Callable<Void>> requests = new ArrayList<>();
    for (String tenant : ProfileHistory.TENANTS) {
      for (String service : ProfileHistory.SERVICES) {
        List<HistorySeries> ofService =
            pushed.history().series().stream()
                .filter(series -> series.tenant().value().equals(tenant))
                .filter(series -> series.service().equals(service))
                .toList();
        requests.add(
            () -> {
              push(new TenantId(tenant), ofService, fromMinute, toMinute, selection);
              return null;
            });
      }
    }

    for (Future<Void> request : executor.invokeAll(requests)) {
      request.get();
    }
  }

  /** How many profiles were acknowledged. */
  public long profiles() {
    return profiles.get();
  }

  /** The bytes of the pprofs of acknowledged profiles. */
  public long pprofBytes() {
    return pprofBytes.get();
  }

  /** How many requests had to be sent again. */
  public long repeated() {
    return repeated.get();
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  private void push(
      TenantId tenant,
      List<HistorySeries> ofService,
      int fromMinute,
      int toMinute,
      Selection selection)
      throws InterruptedException {
    PushRequest.Builder request = PushRequest.newBuilder();
    long count = 0;
    long bytes = 0;
    for (HistorySeries series : ofService) {
      RawProfileSeries.Builder samples = RawProfileSeries.newBuilder();
      for (int minute = fromMinute; minute < toMinute; minute++) {
        if (selection.includes(series, minute)) {
          byte[] pprof = pushed.history().pprof(series, minute);
          samples.addSamples(
              RawSample.newBuilder()
                  .setID(pushed.history().id(series, minute).toString())
                  .setRawProfile(UnsafeByteOperations.unsafeWrap(pprof)));
          count++;
          bytes += pprof.length;
        }
      }

      if (samples.getSamplesCount() > 0) {
        for (Label label : series.labels().labels()) {
          samples.addLabels(LabelPair.newBuilder().setName(label.name()).setValue(label.value()));
        }

        request.addSeries(samples);
      }
    }

    if (count == 0) {
      return;
    }

    send(tenant, request.build().toByteArray());
    for (HistorySeries series : ofService) {
      for (int minute = fromMinute; minute < toMinute; minute++) {
        if (selection.includes(series, minute)) {
          pushed.add(series, minute);
        }
      }
    }

    profiles.addAndGet(count);
    pprofBytes.addAndGet(bytes);
  }

  private void send(TenantId tenant, byte[] body) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(push)
            .timeout(REQUEST_TIMEOUT)
            .header("Content-Type", "application/proto")
            .header("X-Scope-OrgID", tenant.value())
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    long deadline = System.nanoTime() + GIVE_UP_AFTER.toNanos();
    while (!isAcknowledged(request)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("Not acknowledged within " + GIVE_UP_AFTER + ": " + push);
      }

      repeated.incrementAndGet();
      TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
    }
  }

  private boolean isAcknowledged(HttpRequest request) throws InterruptedException {
    HttpResponse<String> response;
    try {
      response = http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      return false; // The server is away.
    }

    int status = response.statusCode();
    if (status != 200 && status != 429 && status < 500) {
      throw new IllegalStateException("Push refused with " + status + ": " + response.body());
    }

    return status == 200;
  }
}
