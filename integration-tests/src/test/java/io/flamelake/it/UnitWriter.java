/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.proto.push.v1.PushRequest;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Pushes profiles of value 1 without a pause, and each again under its id until it is acknowledged.
 * So the number of profiles is their total, and the total that a query may answer lies between two
 * counters.
 */
final class UnitWriter implements AutoCloseable {
  private static final int STACKS = 10;
  private static final int CONNECTIONS = 4;
  private static final long PAUSE_MILLIS = 20;

  private final FlamelakeClient client;
  private final String service;
  private final AtomicLong started = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong repeated = new AtomicLong();
  private final ExecutorService executor = Executors.newFixedThreadPool(CONNECTIONS);
  private final List<Future<?>> connections = new ArrayList<>();
  private volatile boolean stopped;

  UnitWriter(FlamelakeClient client, String service) {
    this.client = client;
    this.service = service;
  }

  void start() {
    for (int i = 0; i < CONNECTIONS; i++) {
      connections.add(
          executor.submit(
              () -> {
                while (!stopped) {
                  pushOne();
                  TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                }

                return null;
              }));
    }
  }

  /** How many profiles were sent; the server may know each of them. */
  long started() {
    return started.get();
  }

  /** How many profiles were acknowledged; the server must know all of them. */
  long acknowledged() {
    return acknowledged.get();
  }

  /** How many requests had to be sent again. */
  long repeated() {
    return repeated.get();
  }

  /** Ends the pushing, when all that was started is acknowledged. */
  void stop() throws InterruptedException, ExecutionException {
    stopped = true;
    for (Future<?> connection : connections) {
      connection.get();
    }
  }

  private void pushOne() throws InterruptedException {
    long number = started.incrementAndGet();
    byte[] request = request(number).toByteArray();
    while (!isAcknowledged(request)) {
      repeated.incrementAndGet();
      TimeUnit.MILLISECONDS.sleep(10 * PAUSE_MILLIS);
    }

    acknowledged.incrementAndGet();
  }

  private boolean isAcknowledged(byte[] request) {
    HttpResponse<byte[]> response;
    try {
      response = client.post("/" + PushRequests.METHOD, "application/proto", request);
    } catch (UncheckedIOException e) {
      return false; // The server is away.
    }

    if (response.statusCode() != 200 && response.statusCode() != 503) {
      throw new IllegalStateException("A push was answered with " + response.statusCode());
    }

    return response.statusCode() == 200;
  }

  private PushRequest request(long number) {
    byte[] pprof =
        new PprofBuilder()
            .addSampleType("cpu", "nanoseconds")
            .periodType("cpu", "nanoseconds")
            .timeNanos(TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()))
            .addSample(List.of("leaf" + number % STACKS, "main"), 1)
            .toByteArray();
    return PushRequests.of(
        PushRequests.cpu(service, PushRequests.sample(UUID.randomUUID().toString(), pprof)));
  }

  @Override
  public void close() {
    stopped = true;
    executor.shutdownNow();
  }
}
