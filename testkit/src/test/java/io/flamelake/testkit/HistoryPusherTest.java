/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.Server;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.RawProfileSeries;
import java.net.URI;
import java.time.Instant;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HistoryPusherTest {
  private final ProfileHistory history =
      new ProfileHistory(Instant.parse("2026-01-01T00:00:00Z"), 1, 7);
  private final PushedHistory pushed = new PushedHistory(history);
  private final Queue<PushRequest> received = new ConcurrentLinkedQueue<>();
  private final AtomicInteger requests = new AtomicInteger();
  private HttpStatus firstAnswer = HttpStatus.OK;
  private Server server;

  @BeforeEach
  void start() {
    server =
        Server.builder()
            .service(
                "/push.v1.PusherService/Push",
                (ctx, request) ->
                    HttpResponse.of(
                        request
                            .aggregate()
                            .thenApply(
                                body -> {
                                  try {
                                    received.add(PushRequest.parseFrom(body.content().array()));
                                  } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                  }

                                  return HttpResponse.of(
                                      requests.incrementAndGet() == 1
                                          ? firstAnswer
                                          : HttpStatus.OK);
                                })))
            .build();
    server.start().join();
  }

  @AfterEach
  void stop() {
    server.stop().join();
  }

  @Test
  void pushesTheSelectedProfilesAndNotesThem() throws Exception {
    try (HistoryPusher pusher = pusher()) {
      pusher.push(10, 20, (series, minute) -> series.pod().endsWith("-0") && minute != 12);
      assertThat(pusher.profiles()).isEqualTo(20 * 9);
      assertThat(pusher.pprofBytes()).isPositive();
    }

    assertThat(ids()).hasSize(20 * 9);
    assertThat(received).hasSize(10);
    assertThat(pushed.profiles(any -> true, history.start(), history.end())).isEqualTo(20 * 9);
    assertThat(pushed.has(history.series().get(0), 12)).isFalse();
    assertThat(pushed.has(history.series().get(0), 13)).isTrue();
  }

  @Test
  void sendsAgainUnderTheSameIdsWhatWasNotAcknowledged() throws Exception {
    firstAnswer = HttpStatus.SERVICE_UNAVAILABLE;
    try (HistoryPusher pusher = pusher()) {
      pusher.push(0, 1, (series, minute) -> true);
      assertThat(pusher.repeated()).isEqualTo(1);
      assertThat(pusher.profiles()).isEqualTo(40);
    }

    assertThat(received).hasSize(11);
    assertThat(ids()).hasSize(40);
  }

  @Test
  void failsWhenRefused() {
    firstAnswer = HttpStatus.BAD_REQUEST;
    try (HistoryPusher pusher = pusher()) {
      assertThatThrownBy(() -> pusher.push(0, 1, (series, minute) -> true))
          .hasRootCauseInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Push refused with 400");
    }
  }

  private HistoryPusher pusher() {
    return new HistoryPusher(
        URI.create("http://127.0.0.1:" + server.activeLocalPort() + "/"), pushed, 3);
  }

  private Set<String> ids() {
    Set<String> ids = new HashSet<>();
    for (PushRequest request : received) {
      for (RawProfileSeries series : request.getSeriesList()) {
        series.getSamplesList().forEach(sample -> ids.add(sample.getID()));
      }
    }

    return ids;
  }
}
