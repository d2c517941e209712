/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import io.flamelake.rpc.MemoryBudget.Reservation;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * A request for a reader that collects all of it, which takes its bytes from a reservation as they
 * come. {@link HttpRequest#peekData} shows such a reader's bytes only once the last one is there,
 * and Armeria's gRPC service does not look at the length of a message before.
 */
final class CountedRequest {

  private CountedRequest() {}

  /**
   * @param maxBytes above which the request fails; so it does where the reservation cannot grow
   */
  static HttpRequest of(HttpRequest request, long maxBytes, Reservation reservation) {
    return HttpRequest.of(
        request.headers(),
        subscriber ->
            request.subscribe(new Counter(subscriber, new BodyCount(maxBytes, reservation))));
  }

  /** Runs on the event loop of the request only. */
  private static final class Counter implements Subscriber<HttpObject> {

    private final Subscriber<? super HttpObject> reader;
    private final BodyCount count;
    private boolean isDone;
    private @Nullable Subscription subscription;

    Counter(Subscriber<? super HttpObject> reader, BodyCount count) {
      this.reader = reader;
      this.count = count;
    }

    @Override
    public void onSubscribe(Subscription newSubscription) {
      this.subscription = newSubscription;
      reader.onSubscribe(newSubscription);
    }

    @Override
    public void onNext(HttpObject object) {
      if (isDone) {
        return;
      }

      try {
        if (object instanceof HttpData data) {
          count.add(data.length());
        }
      } catch (RpcException e) {
        isDone = true;
        if (subscription != null) {
          subscription.cancel();
        }

        reader.onError(e);
        return;
      }

      reader.onNext(object);
    }

    @Override
    public void onError(Throwable cause) {
      if (!isDone) {
        isDone = true;
        reader.onError(cause);
      }
    }

    @Override
    public void onComplete() {
      if (!isDone) {
        isDone = true;
        reader.onComplete();
      }
    }
  }
}
