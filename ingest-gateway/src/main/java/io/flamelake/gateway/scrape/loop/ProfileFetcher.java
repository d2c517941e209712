/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.loop;

import com.linecorp.armeria.client.ResponseTimeoutException;
import com.linecorp.armeria.client.UnprocessedRequestException;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.CommonPools;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import io.flamelake.gateway.scrape.target.ScrapeTarget;
import io.flamelake.rpc.GzipBody;
import io.flamelake.rpc.MemoryBudget.Reservation;
import io.flamelake.rpc.RpcCode;
import io.flamelake.rpc.RpcException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Fetches the profile of one target. The bytes of the answer are reserved as they come. */
final class ProfileFetcher {

  private static final int MAX_SHOWN_BODY = 200;

  private final ScrapeTarget target;
  private final JobClient jobClient;

  /** Made at the first request: the name to connect to may have to be resolved. */
  private volatile @Nullable WebClient client;

  private volatile @Nullable HttpResponse underWay;

  ProfileFetcher(ScrapeTarget target, JobClient jobClient) {
    this.target = target;
    this.jobClient = jobClient;
  }

  /**
   * Sends the request.
   *
   * @return the profile as the target serves it; fails with a {@link ScrapeException}, or an {@link
   *     RpcException} where there is no memory for it
   */
  CompletableFuture<byte[]> fetch(Reservation reservation) {
    // The thread of the ticks waits for no file and no name service.
    Executor executor = jobClient.mayBlock() ? CommonPools.blockingTaskExecutor() : Runnable::run;
    return CompletableFuture.supplyAsync(this::send, executor)
        .thenCompose(
            response -> response.peekData(data -> reservation.grow(data.length())).aggregate())
        .thenApplyAsync(answer -> profile(answer, reservation), CommonPools.blockingTaskExecutor())
        .whenComplete((profile, thrown) -> underWay = null)
        .exceptionally(
            thrown -> {
              throw translated(thrown);
            });
  }

  private HttpResponse send() {
    RequestHeaders headers = jobClient.headers(target.url());
    WebClient known = client;
    if (known == null) {
      known = jobClient.newClient(target);
      client = known;
    }

    HttpResponse response = known.execute(headers);
    underWay = response;
    return response;
  }

  /** Ends the request that is under way. */
  void abort() {
    HttpResponse response = underWay;
    if (response != null) {
      response.abort();
    }
  }

  private byte[] profile(AggregatedHttpResponse answer, Reservation reservation) {
    if (!answer.status().isSuccess()) {
      throw new ScrapeException("The answer is HTTP status " + answer.status() + shownBody(answer));
    }

    byte[] body = answer.content().array();
    String encoding = answer.headers().get(HttpHeaderNames.CONTENT_ENCODING, "identity");
    byte[] profile =
        switch (encoding) {
          case "identity", "" -> body;
          case "gzip", "x-gzip" -> decompress(body, reservation);
          default -> throw new ScrapeException("The answer has Content-Encoding " + encoding);
        };
    if (profile.length == 0) {
      throw new ScrapeException("The answer is empty");
    }

    return profile;
  }

  private byte[] decompress(byte[] body, Reservation reservation) {
    try {
      return GzipBody.decompress(body, target.job().maxBodyBytes(), reservation);
    } catch (RpcException e) {
      if (e.code() == RpcCode.UNAVAILABLE) {
        throw e;
      }

      throw new ScrapeException("The answer cannot be decompressed: " + e.message(), e);
    }
  }

  /** The beginning of a text that says more than the status: Go's pprof tells what it lacks. */
  private static String shownBody(AggregatedHttpResponse answer) {
    byte[] body = answer.content().array();
    int shown = Math.min(body.length, MAX_SHOWN_BODY);
    String text = new String(body, 0, shown, StandardCharsets.UTF_8).strip();
    if (text.isEmpty()) {
      return "";
    }

    return ": " + text + (shown < body.length ? "…" : "");
  }

  private RuntimeException translated(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof CompletionException || cause instanceof UnprocessedRequestException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }

    if (cause instanceof ScrapeException || cause instanceof RpcException) {
      return (RuntimeException) cause;
    }

    if (cause instanceof ResponseTimeoutException) {
      return new ScrapeException("No answer within " + target.timeout().toMillis() + " ms", cause);
    }

    if (cause instanceof ContentTooLargeException) {
      return new ScrapeException(
          "The answer is larger than " + target.job().maxBodyBytes() + " bytes", cause);
    }

    return new ScrapeException(
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage(), cause);
  }
}
