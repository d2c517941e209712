/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpRequestWriter;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The process of a tenant who has no regard for others: it sends whatever the answers are. On its
 * input it is told {@code go} and {@code stop}, a line each; the latter it answers with a line that
 * says what became of its requests.
 */
public final class NeighbourLoad {
  private static final int CONCURRENT = 64;
  private static final int CONCURRENT_SLOW = 16;
  private static final int CHUNKS = 20;
  private static final long CHUNK_MILLIS = 100;

  private final WebClient client;
  private final boolean isSlow;
  private final List<Upload> uploads;
  private final Semaphore permits;
  private final AtomicLong sentBytes = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private volatile boolean isGoing;

  private NeighbourLoad(URI server, NeighbourHabit habit) {
    this.client = WebClient.builder(server).responseTimeout(Duration.ofSeconds(30)).build();
    this.isSlow = habit == NeighbourHabit.SLOW_BODIES;
    this.uploads = NeighbourUploads.of(habit);
    this.permits = new Semaphore(isSlow ? CONCURRENT_SLOW : CONCURRENT);
  }

  /**
   * @param args the server and the {@link NeighbourHabit}
   */
  public static void main(String[] args) throws Exception {
    NeighbourLoad load = new NeighbourLoad(URI.create(args[0]), NeighbourHabit.valueOf(args[1]));
    System.out.println("ready");
    CompletableFuture<Void> going = CompletableFuture.completedFuture(null);
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        load.isGoing = line.equals("go");
        if (load.isGoing) {
          going = CompletableFuture.runAsync(load::run);
        } else {
          going.join();
          System.out.println(load.report());
        }
      }
    }
  }

  private void run() {
    int concurrent = permits.availablePermits();
    for (int i = 0; isGoing; i++) {
      permits.acquireUninterruptibly();
      Upload upload = uploads.get(i % uploads.size());
      sentBytes.addAndGet(upload.bytes());
      client.execute(request(upload)).aggregate().whenComplete(this::count);
    }

    permits.acquireUninterruptibly(concurrent);
    permits.release(concurrent);
  }

  private void count(@Nullable AggregatedHttpResponse response, @Nullable Throwable cause) {
    boolean isAcknowledged = response != null && UploadClient.isAcknowledged(response);
    (isAcknowledged ? acknowledged : refused).incrementAndGet();
    permits.release();
  }

  private HttpRequest request(Upload upload) {
    if (!isSlow) {
      return upload.request();
    }

    HttpRequestWriter request = HttpRequest.streaming(upload.headers());
    send(request, upload.body(), 0);
    return request;
  }

  private static void send(HttpRequestWriter request, HttpData body, int chunk) {
    byte[] bytes = body.array();
    int from = (int) ((long) bytes.length * chunk / CHUNKS);
    int to = (int) ((long) bytes.length * (chunk + 1) / CHUNKS);
    if (!request.tryWrite(HttpData.wrap(bytes, from, to - from))) {
      // The server has refused it already.
      return;
    }

    if (chunk + 1 == CHUNKS) {
      request.close();
      return;
    }

    CompletableFuture.delayedExecutor(CHUNK_MILLIS, TimeUnit.MILLISECONDS)
        .execute(() -> send(request, body, chunk + 1));
  }

  private String report() {
    return ReportTable.format(
        "%d MB in requests of which %d were acknowledged, %d refused",
        sentBytes.getAndSet(0) / 1_000_000, acknowledged.getAndSet(0), refused.getAndSet(0));
  }
}
